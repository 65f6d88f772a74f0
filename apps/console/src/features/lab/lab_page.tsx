import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconBolt, IconClockPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ClockState, control } from '../../shared/control';
import { Failure, Page, Panel, Time, Waiting } from '../../shared/ui';
import { FaultForm } from './fault_form';
import { StatePanels } from './state_panels';

export function LabPage() {
  return (
    <Page title="Lab" note="Hold the clock, break things on purpose, keep and bring back the whole state.">
      <ClockPanel />
      <FaultsPanel />
      <StatePanels />
    </Page>
  );
}

function ClockPanel() {
  const client = useQueryClient();
  const clock = useQuery({ queryKey: ['clock'], queryFn: ({ signal }) => control<ClockState>('GET', '/clock', undefined, signal) });
  const [by, setBy] = useState('1h');
  const [to, setTo] = useState('');
  const act = useMutation({
    mutationFn: ({ path, body }: { path: string; body?: object }) => control<ClockState>('POST', `/clock/${path}`, body),
    onSuccess: (state) => {
      client.setQueryData(['clock'], state);
      void client.invalidateQueries({ queryKey: ['messages'] });
    },
  });
  const data = clock.data;
  return (
    <Panel title="Clock" actions={data ? <Badge variant="light" color={data.frozen ? 'violet' : 'gray'} tt="none">{data.frozen ? 'Held' : 'Running'}</Badge> : null}>
      <Failure error={clock.error ?? act.error} />
      {clock.isPending ? <Waiting /> : null}
      {data ? (
        <Stack gap="md">
          <Group gap="xl" align="flex-end">
            <div><Text size="xs" className="quiet">All of Dialtone sees</Text><Text fz={26} fw={600} className="number"><RunningTime state={data} since={clock.dataUpdatedAt} /></Text></div>
            <div><Text size="xs" className="quiet">Next thing that waits for its time</Text><Text size="sm">{data.next_timer ? <Time value={data.next_timer} /> : 'Nothing'}</Text></div>
          </Group>
          <Group gap="sm" align="flex-end">
            {data.frozen
              ? <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => { act.mutate({ path: 'resume' }); }}>Let it run</Button>
              : <Button leftSection={<IconClockPause size={16} />} onClick={() => { act.mutate({ path: 'freeze' }); }}>Hold it</Button>}
            <TextInput label="Forward by" w={110} value={by} onChange={(event) => { setBy(event.currentTarget.value); }} placeholder="15m, 2h, 7d" />
            <Button variant="default" onClick={() => { act.mutate({ path: 'advance', body: { by } }); }}>Forward</Button>
            <TextInput label="Set to" type="datetime-local" step={1} value={to} onChange={(event) => { setTo(event.currentTarget.value); }} />
            <Button variant="default" disabled={!to} onClick={() => { act.mutate({ path: 'set', body: { time: new Date(to).toISOString() } }); }}>Set</Button>
          </Group>
          <Text size="xs" className="quiet">What is due by the new time happens at once: scheduled messages are sent, codes expire, waits end.</Text>
        </Stack>
      ) : null}
    </Panel>
  );
}

function RunningTime({ state, since }: { state: ClockState; since: number }) {
  const [, tick] = useState(0);
  useEffect(() => {
    if (state.frozen) return undefined;
    const timer = setInterval(() => { tick((n) => n + 1); }, 1000);
    return () => { clearInterval(timer); };
  }, [state.frozen]);
  const now = new Date(new Date(state.time).getTime() + (state.frozen ? 0 : Date.now() - since));
  return <time dateTime={now.toISOString()}>{now.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}</time>;
}

interface Fault { sid: string; seen: number; struck: number; do?: string; script?: unknown[]; to?: string; from?: string; url?: string; [member: string]: unknown }

function FaultsPanel() {
  const client = useQueryClient();
  const faults = useQuery({ queryKey: ['faults'], refetchInterval: 3000, queryFn: async ({ signal }) => (await control<{ faults: Fault[] }>('GET', '/faults', undefined, signal)).faults });
  const refresh = () => { void client.invalidateQueries({ queryKey: ['faults'] }); };
  const remove = useMutation({ mutationFn: (sid: string) => control<null>('DELETE', `/faults/${sid}`), onSuccess: refresh });
  return (
    <Panel title="Faults">
      <Stack gap="md">
        <Text size="sm" className="quiet">Messages that fail, receipts that get lost, webhooks that stall: see what your application does.</Text>
        <FaultForm onMade={refresh} />
        <Failure error={faults.error ?? remove.error} />
        {faults.data?.length === 0 ? <Group gap={8}><IconBolt size={16} /><Text size="sm" className="quiet">No fault is set: all goes well.</Text></Group> : null}
        {faults.data && faults.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Does</th><th>To what</th><th>Struck</th><th><span className="unseen">Remove</span></th></tr></thead>
            <tbody>
              {faults.data.map((each) => (
                <tr key={each.sid}>
                  <td><Text size="sm" fw={550}>{describeFault(each)}</Text></td>
                  <td className="mono wrap">{[each.to && `to ${each.to}`, each.from && `from ${each.from}`, each.url].filter(Boolean).join(', ') || 'everything'}</td>
                  <td className="number">{each.struck} of {each.seen}</td>
                  <td style={{ textAlign: 'right' }}><Button size="compact-sm" variant="subtle" color="red" onClick={() => { remove.mutate(each.sid); }}>Remove</Button></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Stack>
    </Panel>
  );
}

export function describeFault(fault: { [member: string]: unknown }): string {
  const action = typeof fault['do'] === 'string' ? fault['do'] : Array.isArray(fault['script']) ? `script of ${fault['script'].length} steps` : 'fault';
  const more = ['code', 'by', 'status', 'times', 'probability'].filter((name) => fault[name] !== undefined && fault[name] !== null).map((name) => `${name} ${String(fault[name])}`);
  return [action.replaceAll('_', ' '), ...more].join(', ');
}
