import { Button, Group, SimpleGrid, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Code, Copy, Failure, Field, Page, Panel, Status, Time, Waiting } from '../../shared/ui';
import { directionOf, notCarriedOut } from './calls';

export function CallPage() {
  const { sid = '' } = useParams();
  const found = useQuery({ queryKey: ['call', sid], queryFn: ({ signal }) => call('api_v2010.FetchCall', { Sid: sid }, signal) });
  const data = found.data;
  return (
    <Page title="Call" note={<Group gap={4}><span className="mono">{sid}</span><Copy value={sid} label="Copy the SID" /></Group>}
      actions={<Button component={Link} to="/logs/calls" variant="default" leftSection={<IconArrowLeft size={16} />}>All calls</Button>}>
      <Failure error={found.error} onRetry={() => { void found.refetch(); }} />
      {found.isPending ? <Waiting /> : null}
      {data ? (
        <>
          <Panel>
            <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="lg">
              <Field label="From"><Text size="sm" className="number">{formatNumber(data.from ?? '') || '–'}</Text></Field>
              <Field label="To"><Text size="sm" className="number">{formatNumber(data.to ?? '') || '–'}</Text></Field>
              <Field label="Direction"><Text size="sm">{directionOf(data)}</Text></Field>
              <Field label="Status"><Status value={data.status} /></Field>
              <Field label="Time"><Text size="sm"><Time value={data.date_created} /></Text></Field>
            </SimpleGrid>
            <Text size="sm" className="quiet" mt="md">{notCarriedOut}</Text>
          </Panel>
          <Panel title="As the API shows it"><Code text={JSON.stringify(data, null, 2)} label="JSON of the call" /></Panel>
        </>
      ) : null}
    </Page>
  );
}
