import { Anchor, Badge, Button, Grid, Group, Stack, Tabs, Text } from '@mantine/core';
import { IconDeviceMobileMessage, IconEye, IconEyeOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../app/session';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Code, Copy, Empty, Failure, Field, Page, Panel, Waiting } from '../../shared/ui';
import { useHandsets } from '../handsets/list_handsets';
import { useNumbers } from '../numbers/list_numbers';
import { CallsPanel } from './calls_panel';
import { LivePanel } from './live_panel';
import { snippets } from './snippets';

export function DashboardPage() {
  const account = useQuery({ queryKey: ['account'], queryFn: ({ signal }) => call('api_v2010.FetchAccount', { Sid: accountSid }, signal) });
  const { session } = useSession();
  const accountSid = session.account_sid;
  const trial = account.data?.type === 'Trial';
  return (
    <Page title={account.data?.friendly_name ?? 'Dashboard'} note={<Group gap={8}>A phone network on this machine{trial ? <Badge color="orange" variant="light" size="sm" tt="none">Trial account</Badge> : null}</Group>}
      actions={<Button component={Link} to="/handsets" leftSection={<IconDeviceMobileMessage size={17} />}>Open the handsets</Button>}>
      <Failure error={account.error} onRetry={() => { void account.refetch(); }} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6, lg: 5 }}>
          <Stack gap="lg">
            <Panel title="Account"><Credentials accountSid={accountSid} authToken={account.data?.auth_token ?? ''} /></Panel>
            {trial ? <VerifiedNumbers /> : null}
            <LivePanel />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6, lg: 7 }}>
          <Stack gap="lg">
            <Connect authToken={account.data?.auth_token ?? ''} />
            <CallsPanel />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function Credentials({ accountSid, authToken }: { accountSid: string; authToken: string }) {
  const [shown, setShown] = useState(false);
  const numbers = useNumbers();
  const first = numbers.data?.at(-1);
  return (
    <Stack gap="md">
      <Field label="Account SID"><Group gap={6} wrap="nowrap"><Text className="mono cut">{accountSid}</Text><Copy value={accountSid} label="Copy the account SID" /></Group></Field>
      <Field label="Auth token">
        <Group gap={6} wrap="nowrap">
          <Text className="mono cut" data-testid="auth-token">{shown ? authToken : '•'.repeat(18)}</Text>
          <Copy value={authToken} label="Copy the auth token" />
          <Button variant="subtle" color="gray" size="compact-xs" leftSection={shown ? <IconEyeOff size={14} /> : <IconEye size={14} />} onClick={() => { setShown(!shown); }}>{shown ? 'Hide' : 'Show'}</Button>
        </Group>
      </Field>
      <Field label="Twilio number">
        {first?.phone_number ? <Group gap={6}><Text fw={600} size="lg" className="number">{formatNumber(first.phone_number)}</Text><Copy value={first.phone_number} label="Copy the number" /></Group>
          : numbers.error ? <Failure error={numbers.error} onRetry={() => { void numbers.refetch(); }} /> : numbers.isPending ? <Waiting /> : <Text size="sm" className="quiet">None yet. <Anchor component={Link} to="/numbers/buy" size="sm">Get one</Anchor></Text>}
        {(numbers.data?.length ?? 0) > 1 ? <Text size="xs" className="quiet">and {(numbers.data?.length ?? 1) - 1} more</Text> : null}
      </Field>
    </Stack>
  );
}

function VerifiedNumbers() {
  const verified = useQuery({ queryKey: ['caller-ids'], queryFn: ({ signal }) => call('api_v2010.ListOutgoingCallerId', { PageSize: 50 }, signal) });
  const rows = verified.data?.outgoing_caller_ids ?? [];
  return (
    <Panel title="Verified numbers">
      <Text size="sm" className="quiet" mb="sm">A trial account writes to and calls these numbers only.</Text>
      <Failure error={verified.error} />
      <Stack gap={4}>
        {rows.map((row) => <Group key={row.sid} justify="space-between"><Text size="sm" className="number">{formatNumber(row.phone_number ?? '')}</Text><Text size="sm" className="quiet cut">{row.friendly_name}</Text></Group>)}
      </Stack>
      {verified.data && rows.length === 0 ? <Text size="sm">None is verified yet.</Text> : null}
    </Panel>
  );
}

function Connect({ authToken }: { authToken: string }) {
  const { session } = useSession();
  const numbers = useNumbers();
  const handsets = useHandsets();
  const number = numbers.data?.at(-1)?.phone_number;
  const handset = handsets.data?.find((each) => each.name === 'My phone')?.number ?? handsets.data?.[0]?.number;
  if (numbers.isPending || handsets.isPending) return <Panel title="Connect an app"><Waiting /></Panel>;
  const failed = numbers.error ?? handsets.error;
  if (failed) return <Panel title="Connect an app"><Failure error={failed} /></Panel>;
  if (!number || !handset) {
    return (
      <Panel title="Connect an app">
        <Empty title={number ? 'There is no handset yet' : 'There is no Twilio number yet'}>
          {number ? <Anchor component={Link} to="/handsets">Make a handset</Anchor> : <Anchor component={Link} to="/numbers">Get a number</Anchor>} and this place shows how to send it a message.
        </Empty>
      </Panel>
    );
  }
  const all = snippets({ program: session.program, port: window.location.port || (window.location.protocol === 'https:' ? '443' : '80'), accountSid: session.account_sid, authToken, number, handset, origin: window.location.origin });
  return (
    <Panel title="Connect an app">
      <Text size="sm" className="quiet" mb="sm">Send the first message from your own code to the handset {formatNumber(handset)}. Nothing in the code needs to change for Dialtone.</Text>
      <Tabs defaultValue="node" keepMounted={false}>
        <Tabs.List mb="md">{all.map((each) => <Tabs.Tab key={each.id} value={each.id}>{each.label}</Tabs.Tab>)}</Tabs.List>
        {all.map((each) => (
          <Tabs.Panel key={each.id} value={each.id}>
            <Code text={each.text} label={`${each.label} snippet`} />
            <Text size="xs" className="quiet" mt={8}>{each.note}</Text>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Panel>
  );
}
