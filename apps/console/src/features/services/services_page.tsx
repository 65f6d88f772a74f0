import { Anchor, Button, Modal, Stack, TextInput } from '@mantine/core';
import { IconMessageCog, IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { call } from '../../shared/twilio';
import { Empty, Failure, Page, Panel, Time, Waiting } from '../../shared/ui';
import { useMessagingServices } from './services';

export function ServicesPage() {
  const services = useMessagingServices();
  const [making, setMaking] = useState(false);
  const add = <Button leftSection={<IconPlus size={16} />} onClick={() => { setMaking(true); }}>New messaging service</Button>;
  return (
    <Page title="Messaging services" note="Several senders under one name, with settings they share." actions={add}>
      <Failure error={services.error} onRetry={() => { void services.refetch(); }} />
      <Panel padded={false}>
        {services.isPending ? <Waiting /> : null}
        {services.data?.length === 0 ? <Empty icon={<IconMessageCog size={38} stroke={1.4} />} title="No messaging services yet" action={add}>Put numbers into a service, and send with its SID in place of a number: the sender is picked for you.</Empty> : null}
        {services.data && services.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Name</th><th>SID</th><th>Made</th></tr></thead>
            <tbody>
              {services.data.map((each) => (
                <tr key={each.sid}>
                  <td><Anchor component={Link} to={`/services/${each.sid ?? ''}`} fw={550} size="sm">{each.friendly_name}</Anchor></td>
                  <td className="mono">{each.sid}</td>
                  <td className="quiet" data-label="Made"><Time value={each.date_created} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
      <Modal opened={making} onClose={() => { setMaking(false); }} title="New messaging service" closeButtonProps={{ 'aria-label': 'Close' }}><NewService /></Modal>
    </Page>
  );
}

function NewService() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => call('messaging_v1.CreateService', { FriendlyName: name }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['messaging-services'] });
      void navigate(`/services/${made.sid ?? ''}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput label="Name" placeholder="Order updates" value={name} required maxLength={64} data-autofocus onChange={(event) => { setName(event.currentTarget.value); }} />
        <Failure error={make.error} />
        <div><Button type="submit" loading={make.isPending} disabled={!name.trim()}>Make the service</Button></div>
      </Stack>
    </form>
  );
}
