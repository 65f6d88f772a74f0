// Accounts for tests, each with numbers, phones and credentials of its own. Test helpers make and remove them; here one
// sees what is there, and makes one by hand.

import { Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Tenant } from '../../api/control';
import { control } from '../../shared/control';
import { formatNumber } from '../../shared/format';
import { ApiError } from '../../shared/http';
import { Copy, Failure, Panel, tellDone } from '../../shared/ui';

export function TenantsPanel() {
  const client = useQueryClient();
  const tenants = useQuery({ queryKey: ['tenants'], queryFn: async ({ signal }) => (await control('GET /tenants', { signal })).tenants });
  const [name, setName] = useState('');
  const [trial, setTrial] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ['tenants'] });
  const make = useMutation({
    mutationFn: () => control('POST /tenants', { body: { ...(name.trim() ? { name: name.trim() } : {}), trial } }),
    onSuccess: (made) => {
      tellDone(`${made.name} is made`);
      setName('');
      void refresh();
    },
  });
  const remove = useMutation({ mutationFn: (sid: string) => control('DELETE /tenants/{sid}', { path: { sid } }), onSuccess: refresh });
  if (tenants.error instanceof ApiError && tenants.error.code === 20006) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Panel title="Tenants">
      <Stack gap="md">
        <Text size="sm" className="quiet">An account for each test, with a number, a handset and credentials that nobody else shares. The helpers for Node and pytest make them by themselves.</Text>
        <form onSubmit={submit}>
          <Group gap="sm" align="flex-end">
            <TextInput label="Name" placeholder="One test" value={name} maxLength={64} onChange={(event) => { setName(event.currentTarget.value); }} />
            <Switch label="Trial account" py={8} checked={trial} onChange={(event) => { setTrial(event.currentTarget.checked); }} />
            <Button type="submit" variant="default" leftSection={<IconPlus size={16} />} loading={make.isPending}>Make a tenant</Button>
          </Group>
        </form>
        <Failure error={tenants.error ?? make.error ?? remove.error} />
        {tenants.data?.length === 0 ? <Text size="sm" className="quiet">There is none now.</Text> : null}
        {tenants.data && tenants.data.length > 0 ? (
          <div className="scroll-x" tabIndex={0} role="region" aria-label="Tenants that are there">
            <table className="rows">
              <thead><tr><th>Name</th><th>Account</th><th>Number</th><th>Handset</th><th><span className="unseen">Remove</span></th></tr></thead>
              <tbody>{tenants.data.map((each) => <Row key={each.sid} tenant={each} removing={remove.isPending && remove.variables === each.sid} onRemove={() => { remove.mutate(each.sid); }} />)}</tbody>
            </table>
          </div>
        ) : null}
      </Stack>
    </Panel>
  );
}

function Row({ tenant, removing, onRemove }: { tenant: Tenant; removing: boolean; onRemove: () => void }) {
  return (
    <tr>
      <td><Text size="sm" fw={550} className="wrap">{tenant.name}</Text></td>
      <td><Group gap={4} wrap="nowrap"><span className="mono">{tenant.sid.slice(0, 12)}…</span><Copy value={tenant.sid} label="Copy the account SID" /><Copy value={tenant.auth_token} label="Copy the auth token" /></Group></td>
      <td className="number">{tenant.number ? formatNumber(tenant.number) : '–'}</td>
      <td className="number">{tenant.handset ? formatNumber(tenant.handset) : '–'}</td>
      <td style={{ textAlign: 'right' }}><Button size="compact-sm" variant="subtle" color="red" loading={removing} onClick={onRemove}>Remove</Button></td>
    </tr>
  );
}
