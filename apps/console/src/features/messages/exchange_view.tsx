// What was said to a webhook and back, hop by hop.

import { Accordion, Badge, Box, Button, Group, Stack, Table, Tabs, Text } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Exchange, Headers as HeaderPairs, Hop } from '../../api/control';
import { control } from '../../shared/control';
import { formatDuration, prettyBody } from '../../shared/format';
import { Code, Failure, Status, Time } from '../../shared/ui';

const purposes: Record<string, string> = {
  incoming: 'Asked for an answer', status: 'Status callback', action: 'Told the action URL', fallback: 'Asked the fallback URL', replay: 'Sent again by hand',
};

export function Exchanges({ exchanges }: { exchanges: readonly Exchange[] }) {
  const [again, setAgain] = useState<Exchange[]>([]);
  const all = [...exchanges, ...again.filter((each) => !exchanges.some((known) => known.sid === each.sid))];
  return (
    <Accordion variant="separated" multiple defaultValue={all.length === 1 && all[0] ? [all[0].sid] : []} chevronPosition="left">
      {all.map((exchange) => (
        <Accordion.Item key={exchange.sid} value={exchange.sid}>
          <Accordion.Control><Summary exchange={exchange} /></Accordion.Control>
          <Accordion.Panel><ExchangeView exchange={exchange} onAgain={(made) => { setAgain((before) => [...before, made]); }} /></Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function Summary({ exchange }: { exchange: Exchange }) {
  const last = exchange.hops.at(-1);
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between" pr="sm">
      <Box miw={0}>
        <Text size="sm" fw={550}>{purposes[exchange.purpose] ?? exchange.purpose}</Text>
        <Text size="xs" className="quiet mono cut">{last ? `${last.request.method} ${last.request.url}` : exchange.error_message}</Text>
      </Box>
      <Group gap="sm" wrap="nowrap">
        <Text size="xs" className="quiet" visibleFrom="sm"><Time value={exchange.date_created} /></Text>
        {exchange.ok ? <Status value="completed" /> : <Status value="failed" />}
      </Group>
    </Group>
  );
}

export function ExchangeView({ exchange, onAgain }: { exchange: Exchange; onAgain?: (made: Exchange) => void }) {
  const replay = useMutation({ mutationFn: () => control('POST /exchanges/{sid}/replay', { path: { sid: exchange.sid } }), onSuccess: onAgain });
  return (
    <Stack gap="md">
      {exchange.error_code ? <Text size="sm" className="bad" component="div"><Badge color="red.9" variant="filled" size="sm" mr={8}>{exchange.error_code}</Badge>{exchange.error_message}</Text> : null}
      {exchange.hops.map((hop, index) => <HopView key={hop.timing.started_at} hop={hop} label={exchange.hops.length > 1 ? `Hop ${index + 1} of ${exchange.hops.length}` : null} />)}
      {exchange.hops.length > 0 && onAgain ? (
        <Group gap="sm">
          <Button size="xs" variant="default" leftSection={<IconRepeat size={14} />} loading={replay.isPending} onClick={() => { replay.mutate(); }}>Send it again</Button>
          <Text size="xs" className="quiet">Signed anew; the answer is shown, not carried out.</Text>
        </Group>
      ) : null}
      <Failure error={replay.error} />
    </Stack>
  );
}

function HopView({ hop, label }: { hop: Hop; label: string | null }) {
  const { timing } = hop;
  const parts = ([['DNS', timing.dns_us], ['Connect', timing.connect_us], ['TLS', timing.tls_us], ['First byte', timing.first_byte_us]] as const).filter(([, micros]) => micros > 0);
  return (
    <Box>
      <Group gap={8} mb={6} wrap="wrap">
        {label ? <Text size="xs" fw={600}>{label}</Text> : null}
        <Text size="xs" className="mono wrap">{hop.request.method} {hop.request.url}</Text>
        <Text size="xs" fw={600}>{hop.response.status === 0 ? 'no answer' : `→ ${hop.response.status}`}</Text>
      </Group>
      <Text size="xs" className="quiet" mb={8}>{parts.map(([name, micros]) => `${name} ${formatDuration(micros)}`).join(' · ')}{parts.length ? ' · ' : ''}in all {formatDuration(timing.total_us)}{hop.kept_connection ? ' · on a kept connection' : ''}</Text>
      <Tabs defaultValue="response" keepMounted={false} variant="outline">
        <Tabs.List>
          <Tabs.Tab value="request">Request</Tabs.Tab>
          <Tabs.Tab value="response">Answer</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="request" pt="sm"><Body body={hop.request.body} form={/urlencoded/.test(headerOf(hop.request.headers, 'content-type'))} /><Headers headers={hop.request.headers} /></Tabs.Panel>
        <Tabs.Panel value="response" pt="sm"><Body body={hop.response.body} form={false} />{hop.response.truncated ? <Text size="xs" className="quiet">The rest was cut off.</Text> : null}<Headers headers={hop.response.headers} /></Tabs.Panel>
      </Tabs>
    </Box>
  );
}

export function headerOf(headers: HeaderPairs, name: string): string {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? '';
}

function Body({ body, form }: { body: string; form: boolean }) {
  if (body === '') return <Text size="xs" className="quiet" mb="sm">No body</Text>;
  if (!form) return <Box mb="sm"><Code text={prettyBody(body)} label="body" /></Box>;
  return <Pairs pairs={[...new URLSearchParams(body)]} label="Parameters" />;
}

function Headers({ headers }: { headers: HeaderPairs }) {
  if (headers.length === 0) return null;
  return <Pairs pairs={headers} label="Headers" />;
}

function Pairs({ pairs, label }: { pairs: HeaderPairs; label: string }) {
  return (
    <Table verticalSpacing={3} fz="xs" layout="fixed" mb="sm" aria-label={label}>
      <Table.Thead><Table.Tr><Table.Th w="34%">{label}</Table.Th><Table.Th><span className="unseen">Value</span></Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>
        {pairs.map(([name, value], index) => (
          <Table.Tr key={`${name} ${index}`}><Table.Td className="mono wrap" valign="top">{name}</Table.Td><Table.Td className="mono wrap" fw={/signature/i.test(name) ? 700 : undefined}>{value}</Table.Td></Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
