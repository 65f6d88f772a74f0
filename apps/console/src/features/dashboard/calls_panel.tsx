// The newest calls beside the messages and errors.

import { Anchor, Box, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { formatNumber } from '../../shared/format';
import { Failure, Panel, Status, Time, Waiting } from '../../shared/ui';
import { directionOf, notCarriedOut, useNewestCalls } from '../calls/calls';
import { NoCalls } from '../calls/calls_page';

const callsMax = 5;

export function CallsPanel() {
  const calls = useNewestCalls(callsMax);
  const rows = calls.data ?? [];
  return (
    <Panel title="Calls" actions={rows.length > 0 ? <Anchor component={Link} to="/logs/calls" size="sm">All calls</Anchor> : undefined}>
      <Text size="sm" className="quiet" mb="sm">{notCarriedOut}</Text>
      <Failure error={calls.error} onRetry={() => { void calls.refetch(); }} />
      {calls.isPending ? <Waiting /> : null}
      {calls.data && rows.length === 0 ? <NoCalls /> : null}
      <Stack gap={10} role="log" aria-label="Newest calls">
        {rows.map((each) => (
          <Box key={each.sid}>
            <Link to={`/logs/calls/${each.sid ?? ''}`} className="plain"><Text size="sm" className="number cut">{formatNumber(each.from ?? '') || '–'} → {formatNumber(each.to ?? '') || '–'}</Text></Link>
            <Group justify="space-between" wrap="nowrap" gap={10}>
              <Group gap="md" wrap="nowrap"><Status value={each.status} /><Text size="xs" className="quiet">{directionOf(each)}</Text></Group>
              <Text size="xs" className="quiet"><Time value={each.date_created} /></Text>
            </Group>
          </Box>
        ))}
      </Stack>
    </Panel>
  );
}
