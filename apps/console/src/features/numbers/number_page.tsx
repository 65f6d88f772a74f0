import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowLeft, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Copy, Failure, Page, Panel, tellDone, Waiting } from '../../shared/ui';
import { requireWhole, storedOf } from './handler';
import { AddressFields, HandlerEditor } from './handler_editor';
import type { IncomingNumber } from './list_numbers';
import { ServiceChoice } from './service_choice';
import { callHandlerOf, messageHandlerOf } from './numbers_page';

export function NumberPage() {
  const { sid = '' } = useParams();
  const number = useQuery({ queryKey: ['numbers', sid], queryFn: ({ signal }) => call('api_v2010.FetchIncomingPhoneNumber', { Sid: sid }, signal), refetchOnWindowFocus: false });
  return (
    <Page title={number.data ? formatNumber(number.data.phone_number ?? '') : 'Phone number'} note={<Group gap={4}><span className="mono">{sid}</span><Copy value={sid} label="Copy the SID" /></Group>}
      actions={<Button component={Link} to="/numbers" variant="default" leftSection={<IconArrowLeft size={16} />}>All numbers</Button>}>
      <Failure error={number.error} onRetry={() => { void number.refetch(); }} />
      {number.isPending ? <Waiting /> : null}
      {number.data ? <NumberForm key={sid} number={number.data as IncomingNumber} /> : null}
    </Page>
  );
}

function NumberForm({ number }: { number: IncomingNumber }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const sid = number.sid ?? '';
  const [name, setName] = useState(number.friendly_name ?? '');
  const [message, setMessage] = useState(messageHandlerOf(number));
  const [incoming, setIncoming] = useState(callHandlerOf(number));
  const [status, setStatus] = useState({ url: number.status_callback ?? '', method: number.status_callback_method ?? 'POST' as string });
  const save = useMutation({
    mutationFn: async () => {
      requireWhole([message, 'a message'], [incoming, 'a call']);
      const sms = storedOf(message);
      const voice = storedOf(incoming);
      return await call('api_v2010.UpdateIncomingPhoneNumber', {
        Sid: sid, FriendlyName: name, StatusCallback: status.url.trim(), StatusCallbackMethod: status.method as 'POST',
        SmsUrl: sms.url, SmsMethod: sms.method as 'POST', SmsFallbackUrl: sms.fallbackUrl, SmsFallbackMethod: sms.fallbackMethod as 'POST', SmsApplicationSid: sms.applicationSid,
        VoiceUrl: voice.url, VoiceMethod: voice.method as 'POST', VoiceFallbackUrl: voice.fallbackUrl, VoiceFallbackMethod: voice.fallbackMethod as 'POST', VoiceApplicationSid: voice.applicationSid,
      });
    },
    onSuccess: (saved) => {
      client.setQueryData(['numbers', sid], saved);
      void client.invalidateQueries({ queryKey: ['numbers'], exact: true });
      tellDone('The number is saved');
    },
  });
  const release = useMutation({
    mutationFn: () => call('api_v2010.DeleteIncomingPhoneNumber', { Sid: sid }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['numbers'], exact: true });
      tellDone('The number is released');
      void navigate('/numbers');
    },
  });
  const [sure, setSure] = useState(false);
  return (
    <Stack gap="lg">
      <Panel title="Messages">
        <Stack gap="sm">
          <HandlerEditor what="a message" value={message} onChange={setMessage} />
          <ServiceChoice numberSid={sid} phoneNumber={number.phone_number ?? ''} />
        </Stack>
      </Panel>
      <Panel title="Calls">
        <Stack gap="sm">
          <Text size="sm" className="quiet">Kept for when calls are carried out: no phone rings yet.</Text>
          <HandlerEditor what="a call" value={incoming} onChange={setIncoming} />
          <AddressFields label="Tell how calls go (status callback)" methodLabel="Status method" placeholder="Nobody" url={status.url} method={status.method} onUrl={(url) => { setStatus({ ...status, url }); }} onMethod={(method) => { setStatus({ ...status, method }); }} />
        </Stack>
      </Panel>
      <Panel title="Friendly name">
        <TextInput aria-label="Friendly name of the number" maw={420} value={name} maxLength={64} onChange={(event) => { setName(event.currentTarget.value); }} />
      </Panel>
      <Failure error={save.error ?? release.error} />
      <Group justify="space-between">
        <Button onClick={() => { save.mutate(); }} loading={save.isPending}>Save</Button>
        {sure ? (
          <Group gap="sm"><Text size="sm">Release {formatNumber(number.phone_number ?? '')}? Somebody else may then get it.</Text><Button color="red" loading={release.isPending} onClick={() => { release.mutate(); }}>Release it</Button><Button variant="default" onClick={() => { setSure(false); }}>Keep it</Button></Group>
        ) : <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => { setSure(true); }}>Release this number</Button>}
      </Group>
    </Stack>
  );
}
