import { Button, Group, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconArrowLeft, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Copy, Failure, Page, Panel, tellDone, Waiting } from '../../shared/ui';
import { useNumbers } from '../numbers/list_numbers';
import type { MessagingService } from './services';

export function ServicePage() {
  const { sid = '' } = useParams();
  const service = useQuery({ queryKey: ['messaging-service', sid], refetchOnWindowFocus: false, queryFn: ({ signal }) => call('messaging_v1.FetchService', { Sid: sid }, signal) });
  return (
    <Page title={service.data?.friendly_name ?? 'Messaging service'} note={<Group gap={4}><span className="mono">{sid}</span><Copy value={sid} label="Copy the SID" /></Group>}
      actions={<Button component={Link} to="/services" variant="default" leftSection={<IconArrowLeft size={16} />}>All services</Button>}>
      <Failure error={service.error} onRetry={() => { void service.refetch(); }} />
      {service.isPending ? <Waiting /> : null}
      {service.data ? <><Senders sid={sid} /><Settings key={sid} service={service.data} /></> : null}
    </Page>
  );
}

function Senders({ sid }: { sid: string }) {
  const client = useQueryClient();
  const queryKey = ['senders', sid];
  const senders = useQuery({ queryKey, queryFn: async ({ signal }) => (await call('messaging_v1.ListPhoneNumber', { ServiceSid: sid, PageSize: 200 }, signal)).phone_numbers ?? [] });
  const numbers = useNumbers();
  const [chosen, setChosen] = useState<string | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey });
  const add = useMutation({ mutationFn: (number: string) => call('messaging_v1.CreatePhoneNumber', { ServiceSid: sid, PhoneNumberSid: number }), onSuccess: () => { setChosen(null); void refresh(); } });
  const remove = useMutation({ mutationFn: (number: string) => call('messaging_v1.DeletePhoneNumber', { ServiceSid: sid, Sid: number }), onSuccess: refresh });
  const free = (numbers.data ?? []).filter((each) => !(senders.data ?? []).some((sender) => sender.phone_number === each.phone_number));
  return (
    <Panel title="Senders">
      <Stack gap="sm">
        {senders.isPending ? <Waiting /> : null}
        {senders.data?.length === 0 ? <Text size="sm" className="quiet">No number yet: a message sent with this service has nobody to come from.</Text> : null}
        {(senders.data ?? []).map((each) => (
          <Group key={each.sid} justify="space-between"><Text size="sm" fw={600} className="number">{formatNumber(each.phone_number ?? '')}</Text><Button size="compact-sm" variant="subtle" color="red" loading={remove.isPending && remove.variables === each.sid} onClick={() => { remove.mutate(each.sid ?? ''); }}>Take out</Button></Group>
        ))}
        <Failure error={senders.error ?? add.error ?? remove.error} />
        <Group gap="sm" align="flex-end">
          <Select label="Add a number" placeholder={free.length ? 'Choose' : 'All numbers are in it'} w={260} data={free.map((each) => ({ value: each.sid ?? '', label: formatNumber(each.phone_number ?? '') }))} value={chosen} onChange={setChosen} />
          <Button variant="default" disabled={!chosen} loading={add.isPending} onClick={() => { if (chosen) add.mutate(chosen); }}>Add</Button>
        </Group>
      </Stack>
    </Panel>
  );
}

type Inbound = 'number' | 'service' | 'drop';

function inboundOf(service: MessagingService): Inbound {
  if (service.use_inbound_webhook_on_number) return 'number';
  return service.inbound_request_url ? 'service' : 'drop';
}

function Settings({ service }: { service: MessagingService }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const sid = service.sid ?? '';
  const [name, setName] = useState(service.friendly_name ?? '');
  const [inbound, setInbound] = useState<Inbound>(inboundOf(service));
  const [url, setUrl] = useState(service.inbound_request_url ?? '');
  const [fallback, setFallback] = useState(service.fallback_url ?? '');
  const [status, setStatus] = useState(service.status_callback ?? '');
  const [sticky, setSticky] = useState(service.sticky_sender ?? true);
  const [smart, setSmart] = useState(service.smart_encoding ?? true);
  const [areaCode, setAreaCode] = useState(service.area_code_geomatch ?? true);
  const [validity, setValidity] = useState(String(service.validity_period ?? 36000));
  const save = useMutation({
    mutationFn: () => call('messaging_v1.UpdateService', {
      Sid: sid, FriendlyName: name, UseInboundWebhookOnNumber: inbound === 'number', InboundRequestUrl: inbound === 'service' ? url.trim() : '', FallbackUrl: inbound === 'service' ? fallback.trim() : '',
      StatusCallback: status.trim(), StickySender: sticky, SmartEncoding: smart, AreaCodeGeomatch: areaCode, ValidityPeriod: Number(validity),
    }),
    onSuccess: (saved) => {
      client.setQueryData(['messaging-service', sid], saved);
      void client.invalidateQueries({ queryKey: ['messaging-services'] });
      tellDone('The service is saved');
    },
  });
  const [sure, setSure] = useState(false);
  const remove = useMutation({
    mutationFn: () => call('messaging_v1.DeleteService', { Sid: sid }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['messaging-services'] });
      void navigate('/services');
    },
  });
  return (
    <>
      <Panel title="When a message comes in to one of its numbers">
        <Stack gap="sm">
          <Group><SegmentedControl aria-label="Incoming messages" value={inbound} onChange={(value) => { setInbound(value as Inbound); }} data={[{ value: 'number', label: 'The number decides' }, { value: 'service', label: 'Ask one webhook' }, { value: 'drop', label: 'Only log it' }]} /></Group>
          {inbound === 'service' ? <><TextInput label="URL" type="url" placeholder="http://127.0.0.1:3000/sms" value={url} onChange={(event) => { setUrl(event.currentTarget.value); }} /><TextInput label="When that fails" type="url" placeholder="Nothing" value={fallback} onChange={(event) => { setFallback(event.currentTarget.value); }} /></> : null}
        </Stack>
      </Panel>
      <Panel title="Sending">
        <Stack gap="sm">
          <TextInput label="Name" maw={420} value={name} maxLength={64} onChange={(event) => { setName(event.currentTarget.value); }} />
          <TextInput label="Tell how messages go (status callback)" type="url" placeholder="Nobody" value={status} onChange={(event) => { setStatus(event.currentTarget.value); }} />
          <TextInput label="Seconds that a message may wait to be sent" maw={300} inputMode="numeric" value={validity} onChange={(event) => { setValidity(event.currentTarget.value.replace(/\D/g, '')); }} />
          <Switch label="The same sender for the same receiver (sticky sender)" checked={sticky} onChange={(event) => { setSticky(event.currentTarget.checked); }} />
          <Switch label="Replace what has a look-alike in GSM-7 (smart encoding)" checked={smart} onChange={(event) => { setSmart(event.currentTarget.checked); }} />
          <Switch label="Prefer a sender of the receiver's area code" checked={areaCode} onChange={(event) => { setAreaCode(event.currentTarget.checked); }} />
        </Stack>
      </Panel>
      <Panel title="Opting out"><Text size="sm">Who texts STOP gets no more messages from this service until START; HELP is answered. Twilio&apos;s keywords, also in other forms (END, QUIT, UNSUBSCRIBE, CANCEL).</Text></Panel>
      <Failure error={save.error ?? remove.error} />
      <Group justify="space-between">
        <Button loading={save.isPending} onClick={() => { save.mutate(); }}>Save</Button>
        {sure ? <Group gap="sm"><Text size="sm">Remove the service? Its numbers stay yours.</Text><Button color="red" loading={remove.isPending} onClick={() => { remove.mutate(); }}>Remove it</Button><Button variant="default" onClick={() => { setSure(false); }}>Keep it</Button></Group>
          : <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => { setSure(true); }}>Remove this service</Button>}
      </Group>
    </>
  );
}
