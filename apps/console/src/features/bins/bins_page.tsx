import { Anchor, Button } from '@mantine/core';
import { IconFileCode, IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';
import { Copy, Empty, Failure, Page, Panel, Time, Waiting } from '../../shared/ui';
import { useBins } from './bins';

export function BinsPage() {
  const bins = useBins();
  const add = <Button component={Link} to="/bins/new" leftSection={<IconPlus size={16} />}>New TwiML Bin</Button>;
  return (
    <Page title="TwiML Bins" note="Answers that need no application: the document lies here." actions={add}>
      <Failure error={bins.error} onRetry={() => { void bins.refetch(); }} />
      <Panel padded={false}>
        {bins.isPending ? <Waiting /> : null}
        {bins.data?.length === 0 ? <Empty icon={<IconFileCode size={38} stroke={1.4} />} title="No TwiML Bins yet" action={add}>Write what a number answers, and point the number at it. No server is needed.</Empty> : null}
        {bins.data && bins.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Name</th><th>Address</th><th>Changed</th></tr></thead>
            <tbody>
              {bins.data.map((each) => (
                <tr key={each.sid}>
                  <td style={{ minWidth: 150 }}><Anchor component={Link} to={`/bins/${each.sid}`} fw={550} size="sm">{each.friendly_name}</Anchor></td>
                  <td className="mono wrap">{each.url} <Copy value={each.url} label="Copy the address" /></td>
                  <td className="quiet" data-label="Changed"><Time value={each.date_updated} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
    </Page>
  );
}
