// What surrounds the code: variables of an environment, dependencies of the next build, builds that were.

import { ActionIcon, Button, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../../shared/twilio';
import { Failure, Status, tellDone, Time } from '../../shared/ui';
import type { Dependency, Environment } from './service_api';

export function VariablesPanel({ serviceSid, environmentSid }: { serviceSid: string; environmentSid: string }) {
  const client = useQueryClient();
  const queryKey = ['variables', environmentSid];
  const place = { ServiceSid: serviceSid, EnvironmentSid: environmentSid };
  const rows = useQuery({ queryKey, queryFn: async ({ signal }) => (await call('serverless_v1.ListVariable', { ...place, PageSize: 200 }, signal)).variables ?? [] });
  const refresh = () => client.invalidateQueries({ queryKey });
  const add = useMutation({ mutationFn: ({ key, value }: Pair) => call('serverless_v1.CreateVariable', { ...place, Key: key, Value: value }), onSuccess: refresh });
  const remove = useMutation({ mutationFn: (sid: string) => call('serverless_v1.DeleteVariable', { ...place, Sid: sid }), onSuccess: refresh });
  return (
    <Stack gap="sm">
      <Text size="xs" className="quiet">Functions find them in <span className="mono">context</span> and <span className="mono">process.env</span>, at once.</Text>
      {(rows.data ?? []).map((each) => <Row key={each.sid} name={each.key ?? ''} value={each.value ?? ''} onRemove={() => { remove.mutate(each.sid ?? ''); }} />)}
      <Failure error={rows.error ?? add.error ?? remove.error} />
      <PairForm first="KEY" second="value" label="Variable" onAdd={(pair, done) => { add.mutate(pair, { onSuccess: done }); }} />
    </Stack>
  );
}

interface Pair { key: string; value: string }

function Row({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Text size="xs" className="mono cut"><b>{name}</b> {value}</Text>
      <Tooltip label="Remove" withArrow><ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Remove ${name}`} onClick={onRemove}><IconTrash size={14} /></ActionIcon></Tooltip>
    </Group>
  );
}

function PairForm({ first, second, label, onAdd }: { first: string; second: string; label: string; onAdd: (pair: Pair, done: () => void) => void }) {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd({ key: key.trim(), value }, () => {
      setKey('');
      setValue('');
    });
  };
  return (
    <form onSubmit={submit}>
      <Group gap={6} wrap="nowrap">
        <TextInput aria-label={`${label} name`} placeholder={first} size="xs" flex={1} miw={0} value={key} onChange={(event) => { setKey(event.currentTarget.value); }} />
        <TextInput aria-label={`${label} value`} placeholder={second} size="xs" flex={1} miw={0} value={value} onChange={(event) => { setValue(event.currentTarget.value); }} />
        <Button type="submit" size="xs" variant="default" disabled={!key.trim()}>Add</Button>
      </Group>
    </form>
  );
}

export function DependenciesPanel({ dependencies, onChange }: { dependencies: Dependency[]; onChange: (next: Dependency[]) => void }) {
  return (
    <Stack gap="sm">
      <Text size="xs" className="quiet">Packages from npm, installed with the next deployment.</Text>
      {dependencies.map((each) => <Row key={each.name} name={each.name} value={each.version} onRemove={() => { onChange(dependencies.filter((other) => other !== each)); }} />)}
      <PairForm first="lodash" second="4.17.21" label="Dependency" onAdd={({ key, value }, done) => {
        onChange([...dependencies.filter((each) => each.name !== key), { name: key, version: value || '*' }]);
        done();
      }} />
    </Stack>
  );
}

export function BuildsPanel({ serviceSid, environment }: { serviceSid: string; environment: Environment }) {
  const client = useQueryClient();
  const builds = useQuery({ queryKey: ['builds', serviceSid], queryFn: async ({ signal }) => (await call('serverless_v1.ListBuild', { ServiceSid: serviceSid, PageSize: 20 }, signal)).builds ?? [] });
  const back = useMutation({
    mutationFn: (build: string) => call('serverless_v1.CreateDeployment', { ServiceSid: serviceSid, EnvironmentSid: environment.sid ?? '', BuildSid: build }),
    onSuccess: () => {
      tellDone('That build is live');
      void client.invalidateQueries({ queryKey: ['environments', serviceSid] });
      void client.invalidateQueries({ queryKey: ['deployed-functions'] });
    },
  });
  return (
    <Stack gap="sm">
      <Failure error={builds.error ?? back.error} />
      {builds.data?.length === 0 ? <Text size="sm" className="quiet">Nothing was deployed yet.</Text> : null}
      {(builds.data ?? []).map((each) => (
        <Group key={each.sid} justify="space-between" wrap="nowrap" gap="xs">
          <div style={{ minWidth: 0 }}><Text size="xs" className="mono cut">{each.sid}</Text><Text size="xs" className="quiet"><Time value={each.date_created} /></Text></div>
          {each.sid === environment.build_sid ? <Text size="xs" fw={600}>Live</Text> : each.status === 'completed' ? <Button size="compact-xs" variant="default" loading={back.isPending && back.variables === each.sid} onClick={() => { back.mutate(each.sid ?? ''); }}>Roll back to it</Button> : <Status value={each.status} />}
        </Group>
      ))}
    </Stack>
  );
}
