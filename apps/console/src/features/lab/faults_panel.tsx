import { Button, Group, Stack, Text } from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { control } from '../../shared/control';
import { Failure, Panel } from '../../shared/ui';
import { FaultForm } from './fault_form';
import { describeFault } from './faults';

export function FaultsPanel() {
  const client = useQueryClient();
  const faults = useQuery({ queryKey: ['faults'], queryFn: async ({ signal }) => (await control('GET /faults', { signal })).faults });
  const refresh = () => client.invalidateQueries({ queryKey: ['faults'] });
  const remove = useMutation({ mutationFn: (sid: string) => control('DELETE /faults/{sid}', { path: { sid } }), onSuccess: refresh });
  const clear = useMutation({ mutationFn: () => control('DELETE /faults'), onSuccess: refresh });
  const rows = faults.data ?? [];
  return (
    <Panel title="Faults" actions={rows.length > 1 ? <Button size="compact-sm" variant="subtle" color="red" loading={clear.isPending} onClick={() => { clear.mutate(); }}>Remove all</Button> : null}>
      <Stack gap="md">
        <Text size="sm" className="quiet">Messages that fail, receipts that get lost, webhooks that stall: see what your application does.</Text>
        <FaultForm onMade={() => { void refresh(); }} />
        <Failure error={faults.error ?? remove.error ?? clear.error} />
        {faults.data && rows.length === 0 ? <Group gap={8}><IconBolt size={16} /><Text size="sm" className="quiet">No fault is set: all goes well.</Text></Group> : null}
        {rows.length > 0 ? (
          <div className="scroll-x" tabIndex={0} role="region" aria-label="Faults that are set">
            <table className="rows">
              <thead><tr><th>Does</th><th>To what</th><th>Struck</th><th><span className="unseen">Remove</span></th></tr></thead>
              <tbody>
                {rows.map((each) => (
                  <tr key={each.sid}>
                    <td><Text size="sm" fw={550}>{describeFault(each)}</Text></td>
                    <td className="mono wrap">{[each.to && `to ${each.to}`, each.from && `from ${each.from}`, each.url === '*' ? 'all webhooks' : each.url].filter(Boolean).join(', ') || 'all messages'}</td>
                    <td className="number" data-label="Struck">{each.struck} of {each.seen}</td>
                    <td style={{ textAlign: 'right' }}><Button size="compact-sm" variant="subtle" color="red" loading={remove.isPending && remove.variables === each.sid} onClick={() => { remove.mutate(each.sid); }}>Remove</Button></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
      </Stack>
    </Panel>
  );
}
