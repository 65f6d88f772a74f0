import { Button, Drawer, Group, Stack, Text, TextInput, Anchor } from '@mantine/core';
import { IconApps, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { type Answer, call } from '../../shared/twilio';
import { Copy, Empty, Failure, Page, Panel, RemoveButton, tellDone, tellFailure, Waiting } from '../../shared/ui';
import { handlerOf, requireWhole, storedOf, summaryOf } from './handler';
import { AddressFields, HandlerEditor } from './handler_editor';
import { NumbersTabs } from './numbers_tabs';

type Application = Answer<'api_v2010.FetchApplication'>;

function messageHandler(application: Application | null) {
  return handlerOf({ url: application?.sms_url ?? '', method: application?.sms_method ?? null, fallbackUrl: application?.sms_fallback_url ?? null, fallbackMethod: application?.sms_fallback_method ?? null, applicationSid: null });
}
function callHandler(application: Application | null) {
  return handlerOf({ url: application?.voice_url ?? '', method: application?.voice_method ?? null, fallbackUrl: application?.voice_fallback_url ?? null, fallbackMethod: application?.voice_fallback_method ?? null, applicationSid: null });
}

export function ApplicationsPage() {
  const client = useQueryClient();
  const rows = useQuery({ queryKey: ['applications'], queryFn: async ({ signal }) => (await call('api_v2010.ListApplication', { PageSize: 200 }, signal)).applications ?? [] });
  const [params, setParams] = useSearchParams();
  const open = params.get('open');
  const edited = open === 'new' ? open : (rows.data?.find((each) => each.sid === open) as Application | undefined) ?? null;
  const setEdited = (which: string | null) => { setParams(which ? { open: which } : {}, { replace: true }); };
  const remove = useMutation({
    mutationFn: (sid: string) => call('api_v2010.DeleteApplication', { Sid: sid }),
    onSuccess: () => {
      setEdited(null);
      void client.invalidateQueries({ queryKey: ['applications'] });
    },
    onError: tellFailure,
  });
  const add = <Button leftSection={<IconPlus size={16} />} onClick={() => { setEdited('new'); }}>New TwiML application</Button>;
  return (
    <Page title="Phone numbers" note="Settings under a name, which several numbers can share." actions={add}>
      <NumbersTabs value="/numbers/applications" />
      <Failure error={rows.error} onRetry={() => { void rows.refetch(); }} />
      {open && open !== 'new' && rows.data && !edited ? <Text size="sm" className="bad" role="alert">There is no application {open}.</Text> : null}
      <Panel padded={false}>
        {rows.isPending ? <Waiting /> : null}
        {rows.data?.length === 0 ? <Empty icon={<IconApps size={38} stroke={1.4} />} title="No TwiML applications yet" action={add}>Put the addresses of your application in one place, and point numbers at it.</Empty> : null}
        {rows.data && rows.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Name</th><th>Messages</th><th>Calls</th><th>SID</th></tr></thead>
            <tbody>
              {rows.data.map((each) => (
                <tr key={each.sid}>
                  <td><Anchor component="button" type="button" size="sm" fw={550} onClick={() => { setEdited(each.sid); }}>{each.friendly_name}</Anchor></td>
                  <td className="wrap" data-label="Messages">{summaryOf(messageHandler(each as Application))}</td>
                  <td className="wrap" data-label="Calls">{summaryOf(callHandler(each as Application))}</td>
                  <td className="mono">{each.sid} <Copy value={each.sid ?? ''} label="Copy the SID" /></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
      <Drawer opened={edited !== null} onClose={() => { setEdited(null); }} position="right" size="lg" title={edited === 'new' ? 'New TwiML application' : 'TwiML application'} closeButtonProps={{ 'aria-label': 'Close' }}>
        {edited ? <ApplicationForm key={edited === 'new' ? 'new' : edited.sid} application={edited === 'new' ? null : edited} onDone={() => { setEdited(null); }} removing={remove.isPending} onRemove={(sid) => { remove.mutate(sid); }} /> : null}
      </Drawer>
    </Page>
  );
}

function ApplicationForm({ application, onDone, removing, onRemove }: { application: Application | null; onDone: () => void; removing: boolean; onRemove: (sid: string) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(application?.friendly_name ?? '');
  const [message, setMessage] = useState(messageHandler(application));
  const [incoming, setIncoming] = useState(callHandler(application));
  const [status, setStatus] = useState(application?.message_status_callback ?? '');
  const [calls, setCalls] = useState({ url: application?.status_callback ?? '', method: application?.status_callback_method ?? 'POST' as string });
  const save = useMutation({
    mutationFn: async () => {
      requireWhole([message, 'a message'], [incoming, 'a call']);
      const sms = storedOf(message);
      const voice = storedOf(incoming);
      const params = {
        FriendlyName: name, MessageStatusCallback: status.trim(), StatusCallback: calls.url.trim(), StatusCallbackMethod: calls.method as 'POST', SmsUrl: sms.url, SmsMethod: sms.method as 'POST', SmsFallbackUrl: sms.fallbackUrl, SmsFallbackMethod: sms.fallbackMethod as 'POST',
        VoiceUrl: voice.url, VoiceMethod: voice.method as 'POST', VoiceFallbackUrl: voice.fallbackUrl, VoiceFallbackMethod: voice.fallbackMethod as 'POST',
      };
      return await (application ? call('api_v2010.UpdateApplication', { Sid: application.sid ?? '', ...params }) : call('api_v2010.CreateApplication', params));
    },
    onSuccess: () => {
      tellDone('The application is saved');
      void client.invalidateQueries({ queryKey: ['applications'] });
      onDone();
    },
  });
  return (
    <Stack gap="md">
      <TextInput label="Name" value={name} required maxLength={64} onChange={(event) => { setName(event.currentTarget.value); }} data-autofocus />
      <HandlerEditor what="a message" value={message} onChange={setMessage} without={['application']} />
      <TextInput label="Tell how messages go (status callback)" placeholder="Nobody" type="url" value={status} onChange={(event) => { setStatus(event.currentTarget.value); }} />
      <HandlerEditor what="a call" value={incoming} onChange={setIncoming} without={['application']} />
      <AddressFields label="Tell how calls go (status callback)" methodLabel="Status method" placeholder="Nobody" url={calls.url} method={calls.method} onUrl={(url) => { setCalls({ ...calls, url }); }} onMethod={(method) => { setCalls({ ...calls, method }); }} />
      <Failure error={save.error} />
      <Group justify="space-between">
        <Button disabled={!name.trim()} loading={save.isPending} onClick={() => { save.mutate(); }}>Save</Button>
        {application ? <RemoveButton loading={removing} onRemove={() => { onRemove(application.sid ?? ''); }} /> : null}
      </Group>
    </Stack>
  );
}
