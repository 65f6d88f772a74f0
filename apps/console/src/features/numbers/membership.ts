// Which messaging service a number is a sender of; it can be in one.

import { useQuery } from '@tanstack/react-query';
import { call } from '../../shared/twilio';

export interface Membership { serviceSid: string; senderSid: string }

async function findService(phoneNumber: string, signal: AbortSignal): Promise<Membership | null> {
  const services = (await call('messaging_v1.ListService', { PageSize: 100 }, signal)).services ?? [];
  const found = await Promise.all(services.map(async (service): Promise<Membership | null> => {
    const senders = (await call('messaging_v1.ListPhoneNumber', { ServiceSid: service.sid ?? '', PageSize: 1000 }, signal)).phone_numbers ?? [];
    const sender = senders.find((each) => each.phone_number === phoneNumber);
    return sender ? { serviceSid: service.sid ?? '', senderSid: sender.sid ?? '' } : null;
  }));
  return found.find((each) => each !== null) ?? null;
}

export function useMembership(phoneNumber: string) {
  return useQuery({ queryKey: ['membership', phoneNumber], queryFn: ({ signal }) => findService(phoneNumber, signal), refetchOnWindowFocus: false });
}

export async function moveNumber(numberSid: string, from: Membership | null, to: string | null): Promise<void> {
  if (from?.serviceSid === to) return;
  if (from) await call('messaging_v1.DeletePhoneNumber', { ServiceSid: from.serviceSid, Sid: from.senderSid });
  if (to) await call('messaging_v1.CreatePhoneNumber', { ServiceSid: to, PhoneNumberSid: numberSid });
}
