import { ActionIcon, Alert, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Empty, Failure, Page, Panel, tellFailure, Time, Waiting } from '../../shared/ui';
import { NumbersTabs } from './numbers_tabs';

export function VerifiedPage() {
  const client = useQueryClient();
  const rows = useQuery({ queryKey: ['caller-ids'], refetchInterval: 4000, queryFn: async ({ signal }) => (await call('api_v2010.ListOutgoingCallerId', { PageSize: 200 }, signal)).outgoing_caller_ids ?? [] });
  const [number, setNumber] = useState('');
  const verify = useMutation({
    mutationFn: () => call('api_v2010.CreateValidationRequest', { PhoneNumber: number.replace(/[ ()-]/g, '') }),
    onSuccess: () => { void client.invalidateQueries({ queryKey: ['caller-ids'] }); },
  });
  const remove = useMutation({ mutationFn: (sid: string) => call('api_v2010.DeleteOutgoingCallerId', { Sid: sid }), onSuccess: () => { void client.invalidateQueries({ queryKey: ['caller-ids'] }); }, onError: tellFailure });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (number) verify.mutate();
  };
  return (
    <Page title="Phone numbers" note="Numbers that were shown to be yours: a trial account may write to them, and calls may show them as sender.">
      <NumbersTabs value="/numbers/verified" />
      <Panel title="Verify a number">
        <form onSubmit={submit}>
          <Group gap="sm" align="flex-end">
            <TextInput label="Phone number" placeholder="+15558675310" value={number} onChange={(event) => { setNumber(event.currentTarget.value); }} type="tel" w={240} />
            <Button type="submit" loading={verify.isPending} disabled={!number}>Call it</Button>
          </Group>
        </form>
        {verify.data ? <Alert mt="md" variant="light" color="dial" title={`Code ${verify.data.validation_code ?? ''}`} role="status">The phone is called and asks for this code. Once it is typed in, the number is in the list below.</Alert> : null}
        {verify.error ? <div style={{ marginTop: 12 }}><Failure error={verify.error} /></div> : null}
      </Panel>
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
                  <td className="quiet"><Time value={each.date_created} /></td>
                  <td style={{ textAlign: 'right' }}><Tooltip label="Remove" withArrow><ActionIcon variant="subtle" color="gray" aria-label={`Remove ${each.phone_number ?? ''}`} onClick={() => { remove.mutate(each.sid ?? ''); }}><IconTrash size={16} /></ActionIcon></Tooltip></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
    </Page>
  );
}
