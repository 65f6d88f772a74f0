import { Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Failure, tellDone } from '../../shared/ui';
import { useMessagingServices } from '../services/services';
import { moveNumber, useMembership } from './membership';

/** Takes effect at once: it is the service's setting more than the number's. */
export function ServiceChoice({ numberSid, phoneNumber }: { numberSid: string; phoneNumber: string }) {
  const client = useQueryClient();
  const services = useMessagingServices();
  const membership = useMembership(phoneNumber);
  const move = useMutation({
    mutationFn: (to: string | null) => moveNumber(numberSid, membership.data ?? null, to),
    onSuccess: (_, to) => { tellDone(to ? 'The service sends with this number now' : 'The number is in no service now'); },
    onSettled: () => client.invalidateQueries({ queryKey: ['membership', phoneNumber] }),
  });
  if (!services.data || services.data.length === 0 || membership.data === undefined) return <Failure error={services.error ?? membership.error} />;
  return (
    <>
      <Select label="Messaging service" description="It sends with this number; unless it leaves that to the number, it also decides what happens when a message comes in." placeholder="None" maw={420} clearable disabled={move.isPending}
        data={services.data.map((each) => ({ value: each.sid ?? '', label: each.friendly_name ?? each.sid ?? '' }))} value={membership.data?.serviceSid ?? null} onChange={(to) => { move.mutate(to); }} />
      <Failure error={move.error} />
    </>
  );
}
