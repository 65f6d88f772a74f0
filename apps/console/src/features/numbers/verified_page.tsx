import { ActionIcon, Alert, Button, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { control } from '../../shared/control';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Empty, Failure, Page, Panel, tellDone, tellFailure, Time, Waiting } from '../../shared/ui';
import { NumbersTabs } from './numbers_tabs';

export function VerifiedPage() {
  const client = useQueryClient();
  const rows = useQuery({ queryKey: ['caller-ids', 'all'], queryFn: async ({ signal }) => (await call('api_v2010.ListOutgoingCallerId', { PageSize: 200 }, signal)).outgoing_caller_ids ?? [] });
  const refresh = () => { void client.invalidateQueries({ queryKey: ['caller-ids'] }); };
  const remove = useMutation({ mutationFn: (sid: string) => call('api_v2010.DeleteOutgoingCallerId', { Sid: sid }), onSuccess: refresh, onError: tellFailure });
  return (
    <Page title="Phone numbers" note="Numbers that were shown to be yours: a trial account may write to them, and calls may show them as sender.">
      <NumbersTabs value="/numbers/verified" />
      <Verify onVerified={refresh} />
      <Failure error={rows.error} onRetry={() => { void rows.refetch(); }} />
      <Panel padded={false}>
        {rows.isPending ? <Waiting /> : null}
        {rows.data?.length === 0 ? <Empty icon={<IconShieldCheck size={38} stroke={1.4} />} title="No verified numbers yet">Verify the phone that you want to write to from a trial account.</Empty> : null}
        {rows.data && rows.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Number</th><th>Name</th><th>Since</th><th><span className="unseen">Remove</span></th></tr></thead>
            <tbody>
              {rows.data.map((each) => (
                <tr key={each.sid}>
                  <td><Text size="sm" fw={600} className="number">{formatNumber(each.phone_number ?? '')}</Text></td>
                  <td>{each.friendly_name}</td>
                  <td className="quiet" data-label="Since"><Time value={each.date_created} /></td>
                  <td style={{ textAlign: 'right' }}><Tooltip label="Remove" withArrow><ActionIcon variant="subtle" color="gray" aria-label={`Remove ${each.phone_number ?? ''}`} loading={remove.isPending && remove.variables === each.sid} onClick={() => { remove.mutate(each.sid ?? ''); }}><IconTrash size={16} /></ActionIcon></Tooltip></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
    </Page>
  );
}

function Verify({ onVerified }: { onVerified: () => void }) {
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const request = useMutation({ mutationFn: () => call('api_v2010.CreateValidationRequest', { PhoneNumber: number.replace(/[ ()-]/g, ''), ...(name.trim() ? { FriendlyName: name.trim() } : {}) }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (number) request.mutate();
  };
  const pending = request.data;
  return (
    <Panel title="Verify a number">
      <Stack gap="md">
        <form onSubmit={submit}>
          <Group gap="sm" align="flex-end">
            <TextInput label="Phone number" placeholder="+15558675310" value={number} onChange={(event) => { setNumber(event.currentTarget.value); }} type="tel" w={220} />
            <TextInput label="Name" placeholder="As the number" maxLength={64} value={name} onChange={(event) => { setName(event.currentTarget.value); }} w={220} />
            <Button type="submit" loading={request.isPending} disabled={!number}>Verify it</Button>
          </Group>
        </form>
        <Failure error={request.error} />
        {pending ? (
          <EnterCode key={pending.call_sid} number={pending.phone_number ?? ''} code={pending.validation_code ?? ''} onVerified={() => {
            tellDone(`${formatNumber(pending.phone_number ?? '')} is verified`);
            request.reset();
            setNumber('');
            setName('');
            onVerified();
          }} />
        ) : null}
      </Stack>
    </Panel>
  );
}

/** Twilio calls the phone, which types the code in; a handset is sent a message in place of the call. */
function EnterCode({ number, code, onVerified }: { number: string; code: string; onVerified: () => void }) {
  const [typed, setTyped] = useState('');
  const enter = useMutation({ mutationFn: () => control('POST /handsets/{number}/caller_id', { path: { number }, body: { code: typed } }), onSuccess: onVerified });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <Alert variant="light" color="dial" title={`Validation code ${code}`} role="status">
      <Text size="sm" mb="sm">The handset {formatNumber(number)} was told it too. Whoever holds the phone enters it:</Text>
      <form onSubmit={submit}>
        <Group gap="sm" align="flex-end">
          <TextInput label="Code" w={130} maxLength={6} inputMode="numeric" autoComplete="one-time-code" value={typed} onChange={(event) => { setTyped(event.currentTarget.value.replace(/\D/g, '')); }} />
          <Button type="submit" variant="default" disabled={typed.length < 6} loading={enter.isPending}>Enter the code</Button>
        </Group>
      </form>
      {enter.error ? <div style={{ marginTop: 12 }}><Failure error={enter.error} /></div> : null}
    </Alert>
  );
}
