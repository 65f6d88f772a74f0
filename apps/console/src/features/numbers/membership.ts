// Which messaging service a number is a sender of; it can be in one.

import { useQuery } from '@tanstack/react-query';
import { call } from '../../shared/twilio';
import type { MessagingService } from '../services/services';

export interface Membership { service: MessagingService; senderSid: string }

/** By phone number. */
async function listMemberships(signal: AbortSignal): Promise<Map<string, Membership>> {
  const services = (await call('messaging_v1.ListService', { PageSize: 100 }, signal)).services ?? [];
  const found = await Promise.all(services.map(async (service) => {
    const senders = (await call('messaging_v1.ListPhoneNumber', { ServiceSid: service.sid ?? '', PageSize: 1000 }, signal)).phone_numbers ?? [];
    return senders.map((each): [string, Membership] => [each.phone_number ?? '', { service: service as MessagingService, senderSid: each.sid ?? '' }]);
  }));
  return new Map(found.flat());
}

export function useMemberships() {
  return useQuery({ queryKey: ['membership'], queryFn: ({ signal }) => listMemberships(signal), refetchOnWindowFocus: false });
}

/** The service's webhook is asked in place of the number's. */
export function servesInbound(membership: Membership | undefined): boolean {
  return membership !== undefined && membership.service.use_inbound_webhook_on_number === false;
}

export async function moveNumber(numberSid: string, from: Membership | undefined, to: string | null): Promise<void> {
  if ((from?.service.sid ?? null) === to) return;
  if (from) await call('messaging_v1.DeletePhoneNumber', { ServiceSid: from.service.sid ?? '', Sid: from.senderSid });
  if (to) await call('messaging_v1.CreatePhoneNumber', { ServiceSid: to, PhoneNumberSid: numberSid });
}
