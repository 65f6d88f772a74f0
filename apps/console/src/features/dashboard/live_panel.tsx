// What is happening now: the newest entries of the journal that a person cares about.

import { Anchor, Box, Group, Stack, Text } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { JournalEntry } from '../../api/control';
import { control } from '../../shared/control';
import { useEvents } from '../../shared/events';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Empty, Failure, Panel, Status, Time, Waiting } from '../../shared/ui';

interface Line { key: string; at: string; status: string; text: string; to: string }

const linesMax = 7;

export function lineOf(event: JournalEntry): Line | null {
  const text = (name: string) => (typeof event.data[name] === 'string' ? event.data[name] : '');
  if (event.kind === 'alert.created') {
    return { key: event.subject, at: event.at, status: text('log_level') || 'error', text: text('message'), to: `/debugger/${event.subject}` };
  }
  const status = /^message\.(\w+)$/.exec(event.kind)?.[1];
  if (!status || !event.subject) return null;
  return { key: event.subject, at: event.at, status, text: `${formatNumber(text('from'))} → ${formatNumber(text('to'))}`, to: `/logs/messages/${event.subject}` };
}

export function LivePanel() {
  const [live, setLive] = useState<Line[]>([]);
  const before = useQuery({
    queryKey: ['messages', 'newest'],
    queryFn: async ({ signal }) => (await call('api_v2010.ListMessage', { PageSize: linesMax }, signal)).messages ?? [],
  });
  const alerts = useQuery({ queryKey: ['alerts', 'newest'], queryFn: async ({ signal }) => (await control('GET /alerts/groups', { signal })).groups.slice(0, linesMax) });
  useEvents((event) => {
    const line = lineOf(event);
    if (line) setLive((lines) => [line, ...lines.filter((each) => each.key !== line.key)].slice(0, linesMax));
  });
  const messages = (before.data ?? []).map((each): Line => ({
    key: each.sid ?? '', at: each.date_created ?? '', status: each.status, to: `/logs/messages/${each.sid ?? ''}`,
    text: `${formatNumber(each.from ?? '')} → ${formatNumber(each.to ?? '')}`,
  }));
  const failures = (alerts.data ?? []).map((each): Line => ({ key: each.last_sid, at: each.last_at, status: each.log_level, text: each.message, to: `/debugger/${each.last_sid}` }));
  const listed = [...messages, ...failures].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const known = new Map(listed.map((line) => [line.key, line]));
  // The list has numbers where an entry of the journal had none.
  const lines = [...live.map((line) => (line.to.startsWith('/logs') ? { ...line, text: known.get(line.key)?.text ?? line.text } : line)), ...listed.filter((line) => !live.some((each) => each.key === line.key))].slice(0, linesMax);
  return (
    <Panel title="Happening now">
      <Failure error={before.error ?? alerts.error} onRetry={() => { void before.refetch(); void alerts.refetch(); }} />
      {lines.length === 0 && (before.isPending || alerts.isPending) && !before.error && !alerts.error ? <Waiting /> : null}
      {lines.length === 0 && before.data && alerts.data ? (
        <Empty icon={<IconActivity size={34} stroke={1.4} />} title="Nothing yet">
          Send a message from your code, or write one on a <Anchor component={Link} to="/handsets">handset</Anchor>: it shows up here at once.
        </Empty>
      ) : null}
      {lines.length > 0 ? (
        <Stack gap={10} role="log" aria-label="Newest events">
          {lines.map((line) => (
            <Box key={line.key}>
              <Link to={line.to} className="plain"><Text size="sm" className="number cut">{line.text}</Text></Link>
              <Group justify="space-between" wrap="nowrap" gap={10}><Status value={line.status} /><Text size="xs" className="quiet"><Time value={line.at} /></Text></Group>
            </Box>
          ))}
        </Stack>
      ) : null}
    </Panel>
  );
}
