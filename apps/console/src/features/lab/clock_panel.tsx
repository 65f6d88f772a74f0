// The one clock: running, held, or jumping by itself to whatever is due next.

import { Badge, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Clock } from '../../api/control';
import { control } from '../../shared/control';
import { Failure, Panel, Time, Waiting } from '../../shared/ui';

type Mode = 'running' | 'held' | 'auto';

export function modeOf(clock: Clock): Mode {
  if (clock.auto) return 'auto';
  return clock.frozen ? 'held' : 'running';
}

const meanings: Record<Mode, string> = {
  running: 'Time passes as everywhere.',
  held: 'Time stands still until you forward or set it.',
  auto: 'Time stands still while something is at work, and jumps to what is due next when nothing is.',
};

function switchTo(mode: Mode): Promise<Clock> {
  if (mode === 'auto') return control('POST /clock/auto', { body: {} });
  return mode === 'held' ? control('POST /clock/freeze') : control('POST /clock/resume');
}

export function ClockPanel() {
  const client = useQueryClient();
  const clock = useQuery({ queryKey: ['clock'], queryFn: ({ signal }) => control('GET /clock', { signal }) });
  const [by, setBy] = useState('1h');
  const [to, setTo] = useState('');
  const act = useMutation({
    mutationFn: (action: () => Promise<Clock>) => action(),
    onSuccess: (state) => { client.setQueryData(['clock'], state); },
  });
  const data = clock.data;
  return (
    <Panel title="Clock" actions={data ? <ModeBadge mode={modeOf(data)} /> : null}>
      {clock.isPending ? <Waiting /> : null}
      <Failure error={clock.error} onRetry={() => { void clock.refetch(); }} />
      {data ? (
        <Stack gap="md">
          <Group gap="xl" align="flex-end">
            <div><Text size="xs" className="quiet">All of Dialtone sees</Text><Text fz={{ base: 21, sm: 26 }} fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}><RunningTime state={data} since={clock.dataUpdatedAt} /></Text></div>
            <div><Text size="xs" className="quiet">Due next</Text><Text size="sm">{data.next_timer ? <Time value={data.next_timer} /> : 'Nothing'}</Text></div>
          </Group>
          <div>
            <SegmentedControl aria-label="Clock" value={modeOf(data)} onChange={(mode) => { act.mutate(() => switchTo(mode as Mode)); }} data={[{ value: 'running', label: 'Running' }, { value: 'held', label: 'Held' }, { value: 'auto', label: 'Automatic' }]} />
            <Text size="xs" className="quiet" mt={4}>{meanings[modeOf(data)]}</Text>
          </div>
          <Group gap="xl" align="flex-end">
            <Group gap="xs" align="flex-end" component="form" onSubmit={(event: React.FormEvent) => { event.preventDefault(); act.mutate(() => control('POST /clock/advance', { body: { by } })); }}>
              <TextInput label="Forward by" w={110} value={by} onChange={(event) => { setBy(event.currentTarget.value.trim()); }} placeholder="15m, 2h, 7d" />
              <Button type="submit" variant="default" disabled={!by}>Forward</Button>
            </Group>
            <Group gap="xs" align="flex-end" component="form" onSubmit={(event: React.FormEvent) => { event.preventDefault(); act.mutate(() => control('POST /clock/set', { body: { time: new Date(to).toISOString() } })); }}>
              <TextInput label="Set to" type="datetime-local" step={1} value={to} onChange={(event) => { setTo(event.currentTarget.value); }} />
              <Button type="submit" variant="default" disabled={Number.isNaN(Date.parse(to))}>Set</Button>
            </Group>
          </Group>
          <Failure error={act.error} />
          <Text size="xs" className="quiet">What is due by the new time happens at once: scheduled messages are sent, codes expire, waits end.</Text>
        </Stack>
      ) : null}
    </Panel>
  );
}

function ModeBadge({ mode }: { mode: Mode }) {
  return <Badge variant="light" color={mode === 'running' ? 'gray' : 'violet'} tt="none">{{ running: 'Running', held: 'Held', auto: 'Automatic' }[mode]}</Badge>;
}

function RunningTime({ state, since }: { state: Clock; since: number }) {
  const [, tick] = useState(0);
  useEffect(() => {
    if (state.frozen) return undefined;
    const timer = setInterval(() => { tick((n) => n + 1); }, 1000);
    return () => { clearInterval(timer); };
  }, [state.frozen]);
  const now = new Date(new Date(state.time).getTime() + (state.frozen ? 0 : Date.now() - since));
  return <time dateTime={now.toISOString()}>{now.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium', hour12: false })}</time>;
}
