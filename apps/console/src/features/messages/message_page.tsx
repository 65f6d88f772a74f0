import { Anchor, Box, Button, Grid, Group, Stack, Text, Timeline } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Alert, MessageDetail } from '../../api/control';
import { control } from '../../shared/control';
import { Attached } from '../../shared/attached';
import { formatNumber, plural } from '../../shared/format';
import { ApiError } from '../../shared/http';
import { Code, Copy, Failure, Field, Page, Panel, Status, Time, Waiting } from '../../shared/ui';
import { Exchanges } from './exchange_view';

export function MessagePage() {
  const { sid = '' } = useParams();
  const detail = useQuery({ queryKey: ['message', sid], queryFn: ({ signal }) => control('GET /messages/{sid}', { path: { sid }, signal }) });
  const data = detail.data;
  return (
    <Page title="Message" note={<Group gap={4}><span className="mono">{sid}</span><Copy value={sid} label="Copy the SID" /></Group>}
      actions={<Button component={Link} to="/logs/messages" variant="default" leftSection={<IconArrowLeft size={16} />}>All messages</Button>}>
      <Failure error={detail.error} onRetry={() => { void detail.refetch(); }} />
      {detail.error instanceof ApiError && detail.error.status === 404 ? <Text size="sm" className="quiet">It was deleted, or is one of the network&apos;s own answers to STOP, START and HELP: those are in no log.</Text> : null}
      {detail.isPending ? <Waiting /> : null}
      {data ? (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack gap="lg">
              <Panel title={`${formatNumber(data.message.from ?? '') || 'Not chosen yet'} → ${formatNumber(data.message.to ?? '')}`} actions={<Status value={data.message.status} />}><Content data={data} /></Panel>
              <Panel title="Webhooks">
                {data.exchanges.length > 0 ? <Exchanges exchanges={data.exchanges} /> : <Text size="sm" className="quiet">{data.message.direction === 'inbound' ? 'No application was asked: the number has no webhook for messages.' : 'Nothing was told: the message had no status callback.'}</Text>}
              </Panel>
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Stack gap="lg">
              {data.alerts.length > 0 ? <Panel title="Alerts"><Alerts alerts={data.alerts} /></Panel> : null}
              <Panel title="Its life"><Life data={data} /></Panel>
              <Panel title="Details"><Details data={data} /></Panel>
            </Stack>
          </Grid.Col>
          <Grid.Col span={12}><Panel title="As the API shows it"><Code text={JSON.stringify(data.message, null, 2)} label="JSON" /></Panel></Grid.Col>
        </Grid>
      ) : null}
    </Page>
  );
}

function Content({ data }: { data: MessageDetail }) {
  const { pieces, encoding, units } = data.segments;
  return (
    <Stack gap="sm">
      {data.media.map((each) => <Attached key={each.sid} type={each.content_type} url={each.address} />)}
      {data.message.error_code ? <Text size="sm" className="bad">Error {data.message.error_code}: {data.message.error_message}</Text> : null}
      {data.message.body ? (
        <ol style={{ margin: 0, padding: 0, listStyle: 'none', display: 'grid', gap: 6 }} aria-label="Segments">
          {pieces.map((piece, index) => (
            <li key={index}><Group gap="sm" wrap="nowrap" align="flex-start">{pieces.length > 1 ? <Text size="xs" className="quiet number" mt={3}>{index + 1}</Text> : null}<Text size="sm" className="wrap" style={pieces.length > 1 ? { borderLeft: '2px solid var(--line)', paddingLeft: 10 } : {}}>{piece}</Text></Group></li>
          ))}
        </ol>
      ) : <Text size="sm" className="quiet">No text{data.message.num_media === '0' ? ': it was redacted, or sent empty' : ''}</Text>}
      <Text size="xs" className="quiet">{plural(pieces.length, 'segment')} · {encoding} · {plural(units, encoding === 'GSM-7' ? 'septet' : 'UTF-16 unit')}</Text>
    </Stack>
  );
}

function Life({ data }: { data: MessageDetail }) {
  if (data.life.length === 0) return <Text size="sm" className="quiet">The journal no longer has the times of its statuses.</Text>;
  return (
    <Timeline active={data.life.length} bulletSize={14} lineWidth={2}>
      {data.life.map((step) => (
        <Timeline.Item key={step.position} title={<Group justify="space-between" gap="xs"><Text size="sm" fw={550}>{step.status}</Text><Text size="xs" className="quiet number">{preciseTime(step.at)}</Text></Group>} />
      ))}
    </Timeline>
  );
}

function preciseTime(text: string): string {
  const date = new Date(text);
  return `${date.toLocaleDateString(undefined, { month: 'short', day: 'numeric' })}, ${date.toLocaleTimeString(undefined, { hour12: false })}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function Details({ data }: { data: MessageDetail }) {
  const { message } = data;
  return (
    <Stack gap="sm">
      <Field label="Direction"><Text size="sm">{message.direction}</Text></Field>
      <Field label="Made"><Text size="sm"><Time value={message.date_created} /></Text></Field>
      <Field label="Sent"><Text size="sm"><Time value={message.date_sent} /></Text></Field>
      {message.price ? <Field label="Price"><Text size="sm">{message.price} {message.price_unit}</Text></Field> : null}
      {message.messaging_service_sid ? <Field label="Messaging service"><Anchor component={Link} to={`/services/${message.messaging_service_sid}`} size="sm" className="mono">{message.messaging_service_sid}</Anchor></Field> : null}
      {data.status_callback ? <Field label="Status callback"><Text size="sm" className="mono wrap">{data.status_callback}</Text></Field> : null}
    </Stack>
  );
}

function Alerts({ alerts }: { alerts: Alert[] }) {
  return (
    <Stack gap="sm">
      {alerts.map((alert) => (
        <Box key={alert.sid}>
          <Group gap={8}><Status value={alert.log_level} /><Anchor component={Link} to={`/debugger/${alert.sid}`} size="sm" fw={550}>{alert.error_code}</Anchor></Group>
          <Text size="sm" className="wrap">{alert.dialtone.message}</Text>
        </Box>
      ))}
    </Stack>
  );
}
