import { Button, Group, Text } from '@mantine/core';
import { IconArrowLeft, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { call } from '../../shared/twilio';
import { Copy, Failure, Page, Waiting } from '../../shared/ui';
import { LinksPanel } from './links_panel';
import { OptOutPanel } from './opt_out_panel';
import { SendersPanel } from './senders_panel';
import { SettingsForm } from './settings_form';

export function ServicePage() {
  const { sid = '' } = useParams();
  const service = useQuery({ queryKey: ['messaging-service', sid], refetchOnWindowFocus: false, queryFn: ({ signal }) => call('messaging_v1.FetchService', { Sid: sid }, signal) });
  return (
    <Page title={service.data?.friendly_name ?? 'Messaging service'} note={<Group gap={4}><span className="mono">{sid}</span><Copy value={sid} label="Copy the SID" /></Group>}
      actions={<Button component={Link} to="/services" variant="default" leftSection={<IconArrowLeft size={16} />}>All services</Button>}>
      <Failure error={service.error} onRetry={() => { void service.refetch(); }} />
      {service.isPending ? <Waiting /> : null}
      {service.data ? (
        <>
          <SendersPanel sid={sid} />
          <SettingsForm key={sid} service={service.data} />
          <OptOutPanel sid={sid} />
          <LinksPanel sid={sid} />
          <RemoveService sid={sid} />
        </>
      ) : null}
    </Page>
  );
}

function RemoveService({ sid }: { sid: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [sure, setSure] = useState(false);
  const remove = useMutation({
    mutationFn: () => call('messaging_v1.DeleteService', { Sid: sid }),
    onSuccess: () => {
      for (const key of ['messaging-services', 'membership']) void client.invalidateQueries({ queryKey: [key] });
      void navigate('/services');
    },
  });
  if (!sure) return <Group justify="flex-end"><Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => { setSure(true); }}>Remove this service</Button></Group>;
  return (
    <>
      <Failure error={remove.error} />
      <Group justify="flex-end" gap="sm"><Text size="sm">Remove the service? Its numbers stay yours.</Text><Button color="red" loading={remove.isPending} onClick={() => { remove.mutate(); }}>Remove it</Button><Button variant="default" onClick={() => { setSure(false); }}>Keep it</Button></Group>
    </>
  );
}
