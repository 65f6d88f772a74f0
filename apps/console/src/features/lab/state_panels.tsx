// The whole state: kept, brought back, begun anew.

import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCamera } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { Snapshot } from '../../api/control';
import { control } from '../../shared/control';
import { ApiError } from '../../shared/http';
import { Failure, Panel, tellDone, Time } from '../../shared/ui';

/** Only for the main account: others get 20006, and see nothing of it. */
export function StatePanels() {
  const snapshots = useQuery({ queryKey: ['snapshots'], queryFn: async ({ signal }) => (await control('GET /snapshots', { signal })).snapshots });
  if (snapshots.error instanceof ApiError && [20006, 20404].includes(snapshots.error.code)) return null;
  return (
    <>
      <SnapshotsPanel snapshots={snapshots} />
      <ResetPanel />
    </>
  );
}

function SnapshotsPanel({ snapshots }: { snapshots: UseQueryResult<Snapshot[]> }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const refresh = () => { void client.invalidateQueries({ queryKey: ['snapshots'] }); };
  const keep = useMutation({ mutationFn: () => control('POST /snapshots', { body: { name } }), onSuccess: () => { tellDone(`Kept as ${name}`); setName(''); refresh(); } });
  const restore = useMutation({ mutationFn: (which: string) => control('POST /snapshots/{name}/restore', { path: { name: which } }), onSuccess: (_, which) => { setChosen(null); tellDone(`Back to ${which}`); void client.invalidateQueries(); } });
  const remove = useMutation({ mutationFn: (which: string) => control('DELETE /snapshots/{name}', { path: { name: which } }), onSuccess: refresh });
  return (
    <Panel title="Snapshots">
      <Stack gap="md">
        <Text size="sm" className="quiet">The whole state under a name: accounts, numbers, messages, handsets, functions, the clock.</Text>
        <Group gap="sm" align="flex-end">
          <TextInput label="Name" placeholder="before-the-demo" value={name} onChange={(event) => { setName(event.currentTarget.value.trim()); }} />
          <Button leftSection={<IconCamera size={16} />} disabled={!name} loading={keep.isPending} onClick={() => { keep.mutate(); }}>Keep</Button>
        </Group>
        <Failure error={snapshots.error ?? keep.error ?? restore.error ?? remove.error} />
        {snapshots.data?.length === 0 ? <Text size="sm" className="quiet">None is kept yet.</Text> : null}
        {(snapshots.data ?? []).map((each) => (
          <Group key={each.name} justify="space-between">
            <div><Text size="sm" fw={550}>{each.name}</Text>{each.date_created ? <Text size="xs" className="quiet"><Time value={each.date_created} /></Text> : null}</div>
            <Group gap="xs">
              <Button size="xs" variant="default" aria-label={`Bring it back: ${each.name}`} aria-expanded={chosen === each.name} onClick={() => { setChosen(each.name); }}>Bring it back</Button>
              <Button size="xs" variant="subtle" color="red" aria-label={`Remove ${each.name}`} loading={remove.isPending && remove.variables === each.name} onClick={() => { remove.mutate(each.name); }}>Remove</Button>
            </Group>
            {chosen === each.name ? (
              <Alert w="100%" color="red" variant="light" icon={<IconAlertTriangle size={18} />} title="This replaces all that is there now">
                <Text size="sm">What was made or changed since {each.name} was kept is gone then: messages, numbers, handsets, functions. Keep a snapshot of now first, if you want it back.</Text>
                <Group gap="sm" mt="sm"><Button color="red" loading={restore.isPending} onClick={() => { restore.mutate(each.name); }}>Replace all with it</Button><Button variant="default" onClick={() => { setChosen(null); }}>Leave all as it is</Button></Group>
              </Alert>
            ) : null}
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}

function ResetPanel() {
  const client = useQueryClient();
  const [sure, setSure] = useState(false);
  const reset = useMutation({
    mutationFn: () => control('POST /reset'),
    onSuccess: () => {
      setSure(false);
      localStorage.removeItem('dialtone.read');
      tellDone('All is as after the first start');
      void client.invalidateQueries();
    },
  });
  return (
    <Panel title="Reset">
      <Stack gap="md">
        <Text size="sm" className="quiet">Back to the state after the first start.</Text>
        <Failure error={reset.error} />
        {sure ? (
          <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title="This deletes">
            <Text size="sm">all messages, all numbers and handsets but the first ones, functions and their deployments, TwiML Bins, applications, services, tenants, faults, alerts and logs. Snapshots stay. It cannot be undone, unless you keep a snapshot first.</Text>
            <Group gap="sm" mt="sm"><Button color="red" loading={reset.isPending} onClick={() => { reset.mutate(); }}>Delete all that</Button><Button variant="default" onClick={() => { setSure(false); }}>Keep everything</Button></Group>
          </Alert>
        ) : <Group><Button variant="light" color="red" onClick={() => { setSure(true); }}>Reset…</Button></Group>}
      </Stack>
    </Panel>
  );
}

