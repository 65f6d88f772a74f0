import { Anchor, Box, Group, Select, Text, TextInput } from '@mantine/core';
import { IconBugOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { control } from '../../shared/control';
import { Empty, Failure, Page, Panel, Status, Time, Waiting } from '../../shared/ui';

export function DebuggerPage() {
  const [params, setParams] = useSearchParams();
  const code = params.get('code') ?? '';
  const level = params.get('level') ?? '';
  const groups = useQuery({
    queryKey: ['alerts', 'groups', code, level],
    queryFn: ({ signal }) => control('GET /alerts/groups', { query: { code, level: level as 'error' }, signal }),
    placeholderData: (before) => before,
  });
  const set = (name: string, value: string | null) => {
    setParams((before) => {
      if (value) before.set(name, value);
      else before.delete(name);
      return before;
    }, { replace: true });
  };
  const rows = groups.data?.groups ?? [];
  return (
    <Page title="Debugger" note="What went wrong between this network and your application. Equal alerts are one row.">
      <Panel padded={false}>
        <Group p="md" gap="sm" align="flex-end" role="search" aria-label="Filter the alerts" style={{ borderBottom: '1px solid var(--line)' }}>
          <TextInput label="Code" size="xs" placeholder="11200" w={110} value={code} onChange={(event) => { set('code', event.currentTarget.value.trim()); }} inputMode="numeric" />
          <Select label="Level" size="xs" placeholder="Any" w={130} clearable data={['error', 'warning']} value={level || null} onChange={(value) => { set('level', value); }} />
        </Group>
        {groups.error ? <Box p="md"><Failure error={groups.error} onRetry={() => { void groups.refetch(); }} /></Box> : null}
        {groups.isPending ? <Waiting /> : null}
        {groups.data && rows.length === 0 ? (
          <Empty icon={<IconBugOff size={38} stroke={1.4} />} title={code || level ? 'No alert fits these filters' : 'No alerts'}>
            When a webhook does not answer, or answers with what cannot be understood, you find it here with the whole exchange and what to do.
          </Empty>
        ) : null}
        {rows.map((row) => (
          <Box key={row.last_sid} px="lg" py="md" style={{ borderBottom: '1px solid var(--line)' }} role="article" aria-label={`${row.error_code} ${row.message}`}>
            <Group justify="space-between" wrap="nowrap" align="flex-start" gap="md">
              <Box miw={0}>
                <Group gap={10} mb={2}>
                  <Status value={row.log_level} />
                  <Anchor component={Link} to={`/debugger/${row.last_sid}`} fw={650} size="sm">{row.error_code}</Anchor>
                  <Text size="sm" fw={550} className="wrap">{row.message}</Text>
                </Group>
                {row.request_url ? <Text size="xs" className="quiet mono cut">{row.request_url}</Text> : null}
                {row.explanation ? <Text size="sm" className="quiet" mt={4}>{row.explanation}</Text> : null}
              </Box>
              <Box ta="right" style={{ flex: 'none' }}>
                <Text fw={650} size="sm" className="number" aria-label={`${row.count} times`}>{row.count.toLocaleString()}×</Text>
                <Text size="xs" className="quiet"><Time value={row.last_at} /></Text>
              </Box>
            </Group>
          </Box>
        ))}
        {groups.data && !groups.data.complete ? <Text size="xs" className="quiet" p="md">Older alerts are not shown; filter by their code to see them.</Text> : null}
      </Panel>
    </Page>
  );
}
