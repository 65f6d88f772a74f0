import { Anchor, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconFunction, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { call } from '../../shared/twilio';
import { Empty, Failure, Page, Panel, Time, Waiting } from '../../shared/ui';

export function FunctionServicesPage() {
  const services = useQuery({ queryKey: ['function-services'], queryFn: async ({ signal }) => (await call('serverless_v1.ListService', { PageSize: 100 }, signal)).services ?? [] });
  const [making, setMaking] = useState(false);
  const add = <Button leftSection={<IconPlus size={16} />} onClick={() => { setMaking(true); }}>New service</Button>;
  return (
    <Page title="Functions & Assets" note="Code and files that this network runs and serves for you." actions={add}>
      <Failure error={services.error} onRetry={() => { void services.refetch(); }} />
      <Panel padded={false}>
        {services.isPending ? <Waiting /> : null}
        {services.data?.length === 0 ? <Empty icon={<IconFunction size={38} stroke={1.4} />} title="No services yet" action={add}>A service holds functions that answer messages and calls, and the files that go with them. Make one, and a first function is written for you.</Empty> : null}
        {services.data && services.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Service</th><th>Domain</th><th>Changed</th></tr></thead>
            <tbody>
              {services.data.map((each) => (
                <tr key={each.sid}>
                  <td><Anchor component={Link} to={`/functions/${each.sid ?? ''}`} fw={550} size="sm">{each.friendly_name}</Anchor></td>
                  <td className="mono">{each.domain_base}</td>
                  <td className="quiet" data-label="Changed"><Time value={each.date_updated} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
      <Modal opened={making} onClose={() => { setMaking(false); }} title="New service" closeButtonProps={{ 'aria-label': 'Close' }}><NewService /></Modal>
    </Page>
  );
}

function NewService() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: async () => {
      const service = await call('serverless_v1.CreateService', { UniqueName: name, FriendlyName: name, UiEditable: true, IncludeCredentials: true });
      await call('serverless_v1.CreateEnvironment', { ServiceSid: service.sid ?? '', UniqueName: 'dev', DomainSuffix: 'dev' });
      return service;
    },
    onSuccess: (service) => {
      void client.invalidateQueries({ queryKey: ['function-services'] });
      void navigate(`/functions/${service.sid ?? ''}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput label="Name" description="Letters, digits and dashes; it becomes part of the address." placeholder="answers" value={name} maxLength={50} data-autofocus required onChange={(event) => { setName(event.currentTarget.value.trim()); }} />
        <Failure error={make.error} />
        <Group><Button type="submit" loading={make.isPending} disabled={!name}>Make the service</Button></Group>
      </Stack>
    </form>
  );
}
