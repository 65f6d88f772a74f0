import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { control } from '../../shared/control';
import { Copy, Failure, Page, Panel, Status, Time, tellDone, Waiting } from '../../shared/ui';
import { ExchangeView } from '../messages/exchange_view';

/** What has a page of its own is a link to it. */
function Resource({ sid }: { sid: string }) {
  const page = /^(SM|MM)/.test(sid) ? '/logs/messages' : sid.startsWith('CA') ? '/logs/calls' : sid.startsWith('PN') ? '/numbers' : sid.startsWith('MG') ? '/services' : null;
  return page ? <Anchor component={Link} to={`${page}/${sid}`} className="mono">{sid}</Anchor> : <span className="mono">{sid}</span>;
}

export function AlertPage() {
  const { sid = '' } = useParams();
  const client = useQueryClient();
  const alert = useQuery({ queryKey: ['alert', sid], queryFn: ({ signal }) => control('GET /alerts/{sid}', { path: { sid }, signal }) });
  const data = alert.data;
  const exchange = data?.dialtone.exchange;
  return (
    <Page title={data ? `Alert ${data.error_code}` : 'Alert'} note={<Group gap={4}><span className="mono">{sid}</span><Copy value={sid} label="Copy the SID" /></Group>}
      actions={<Button component={Link} to="/debugger" variant="default" leftSection={<IconArrowLeft size={16} />}>All alerts</Button>}>
      <Failure error={alert.error} onRetry={() => { void alert.refetch(); }} />
      {alert.isPending ? <Waiting /> : null}
      {data ? (
        <Stack gap="lg">
          <Panel title="What happened" actions={<Group gap="md"><Status value={data.log_level} /><Text size="sm" className="quiet"><Time value={data.date_created} /></Text></Group>}>
            <Stack gap="sm">
              <Text className="wrap">{data.dialtone.message}</Text>
              {data.resource_sid ? <Text size="sm">It concerns <Resource sid={data.resource_sid} />.</Text> : null}
            </Stack>
          </Panel>
          <Panel title="What to do">
            <Text size="sm">{data.dialtone.explanation || 'Look at the exchange below: what was asked, and what came back.'}</Text>
            <Anchor href={data.more_info} target="_blank" rel="noreferrer" size="sm">Error {data.error_code} in Twilio&apos;s documentation</Anchor>
          </Panel>
          {exchange ? <Panel title="The exchange"><ExchangeView exchange={exchange} onAgain={(made) => {
            tellDone(made.ok ? 'Sent again: it went well this time' : `Sent again: ${made.error_message ?? 'it failed again'}`);
            void client.invalidateQueries({ queryKey: ['message'] });
          }} /></Panel> : null}
        </Stack>
      ) : null}
    </Page>
  );
}
