import { Alert, Anchor, Select, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Failure, tellDone } from '../../shared/ui';
import { useMessagingServices } from '../services/services';
import { moveNumber, servesInbound, useMemberships } from './membership';

/** Takes effect at once: it is the service's setting more than the number's. */
export function ServiceChoice({ numberSid, phoneNumber }: { numberSid: string; phoneNumber: string }) {
  const client = useQueryClient();
  const services = useMessagingServices();
  const memberships = useMemberships();
  const membership = memberships.data?.get(phoneNumber);
  const move = useMutation({
    mutationFn: (to: string | null) => moveNumber(numberSid, membership, to),
    onSuccess: (_, to) => { tellDone(to ? 'The service sends with this number now' : 'The number is in no service now'); },
    onSettled: () => client.invalidateQueries({ queryKey: ['membership'] }),
  });
  if (!services.data || !memberships.data) return <Failure error={services.error ?? memberships.error} />;
  if (services.data.length === 0) return <Text size="xs" className="quiet">It can also be one of several senders of a <Anchor component={Link} to="/services" size="xs">messaging service</Anchor>; there is none yet.</Text>;
  return (
    <>
      {membership && servesInbound(membership) ? (
        <Alert variant="light" color="orange" role="note" styles={{ title: { color: 'var(--mantine-color-text)' } }} title={`${membership.service.friendly_name ?? 'A messaging service'} decides what happens to messages`}>
          <Text size="sm">The number is one of its senders, so what is chosen above does not count. <Anchor component={Link} to={`/services/${membership.service.sid ?? ''}`} size="sm" c="inherit" underline="always">Change that at the service</Anchor></Text>
        </Alert>
      ) : null}
      <Select label="Messaging service" description="It sends with this number; unless it leaves that to the number, it also decides what happens when a message comes in." placeholder="None" maw={420} clearable disabled={move.isPending}
        data={services.data.map((each) => ({ value: each.sid ?? '', label: each.friendly_name ?? each.sid ?? '' }))} value={membership?.service.sid ?? null} onChange={(to) => { move.mutate(to); }} />
      <Failure error={move.error} />
    </>
  );
}
