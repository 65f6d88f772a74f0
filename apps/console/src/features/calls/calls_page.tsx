import { Anchor, Box, Button, Center, Group, Select, Text } from '@mantine/core';
import { IconFilterOff, IconPhoneCall } from '@tabler/icons-react';
import { Link, useSearchParams } from 'react-router';
import { formatNumber } from '../../shared/format';
import { Empty, Failure, Page, Panel, Status, Time, Waiting } from '../../shared/ui';
import { type Call, directionOf, notCarriedOut, useCalls } from './calls';

const statuses = ['queued', 'ringing', 'in-progress', 'completed', 'busy', 'failed', 'no-answer', 'canceled'];

export function CallsPage() {
  const [params, setParams] = useSearchParams();
  const status = statuses.find((each) => each === params.get('status')) ?? '';
  const calls = useCalls(status);
  const rows = calls.data?.pages.flatMap((page) => page.calls ?? []) ?? [];
  const filter = (value: string | null) => { setParams(value ? { status: value } : {}, { replace: true }); };
  return (
    <Page title="Calls" note={notCarriedOut}>
      <Panel padded={false}>
        <Group p="md" gap="sm" role="search" aria-label="Filter the calls" style={{ borderBottom: '1px solid var(--line)' }}>
          <Select label="Status" size="xs" placeholder="Any" w={150} clearable data={statuses} value={status || null} onChange={filter} />
        </Group>
        {calls.error ? <Box p="md"><Failure error={calls.error} onRetry={() => { void calls.refetch(); }} /></Box> : null}
        {calls.isPending ? <Waiting /> : null}
        {calls.data && rows.length === 0 ? (status ? (
          <Empty icon={<IconFilterOff size={38} stroke={1.4} />} title="No call has this status" action={<Button variant="light" onClick={() => { filter(null); }}>Without filter</Button>} />
        ) : <NoCalls />) : null}
        {rows.length > 0 ? <Rows rows={rows} /> : null}
        {calls.hasNextPage ? <Center p="md"><Button variant="default" loading={calls.isFetchingNextPage} onClick={() => { void calls.fetchNextPage(); }}>Older calls</Button></Center> : null}
      </Panel>
    </Page>
  );
}

export function NoCalls() {
  return (
    <Empty icon={<IconPhoneCall size={34} stroke={1.4} />} title="No calls yet">
      Make one from your code with <span className="mono">client.calls.create</span>, or in the <Anchor component={Link} to="/explorer?document=api_v2010&operation=CreateCall">API explorer</Anchor>: it is recorded here at once.
    </Empty>
  );
}

function Rows({ rows }: { rows: Call[] }) {
  return (
    <table className="rows" aria-label="Calls">
      <thead><tr><th>Time</th><th>From</th><th>To</th><th>Direction</th><th>Status</th></tr></thead>
      <tbody>
        {rows.map((each) => (
          <tr key={each.sid}>
            <td><Anchor component={Link} to={`/logs/calls/${each.sid ?? ''}`} size="sm"><Time value={each.date_created} /></Anchor></td>
            <td data-label="From"><Text component="span" size="sm" className="number">{formatNumber(each.from ?? '') || '–'}</Text></td>
            <td data-label="To"><Text component="span" size="sm" className="number">{formatNumber(each.to ?? '') || '–'}</Text></td>
            <td data-label="Direction">{directionOf(each)}</td>
            <td><Status value={each.status} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
