// The pool of a service: numbers, short codes and names that it sends with.

import { useQuery } from '@tanstack/react-query';
import { call } from '../../shared/twilio';

export type SenderKind = 'number' | 'short_code' | 'alpha';
export interface Sender { kind: SenderKind; sid: string; address: string; country: string; capabilities: string[] }

export const senderKindNames: Record<SenderKind, string> = { number: 'Number', short_code: 'Short code', alpha: 'Alphanumeric' };

function capabilitiesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

async function listSenders(sid: string, signal: AbortSignal): Promise<Sender[]> {
  const place = { ServiceSid: sid, PageSize: 400 };
  const [numbers, codes, names] = await Promise.all([call('messaging_v1.ListPhoneNumber', place, signal), call('messaging_v1.ListShortCode', place, signal), call('messaging_v1.ListAlphaSender', place, signal)]);
  return [
    ...(codes.short_codes ?? []).map((each): Sender => ({ kind: 'short_code', sid: each.sid ?? '', address: each.short_code ?? '', country: each.country_code ?? '', capabilities: capabilitiesOf(each.capabilities) })),
    ...(names.alpha_senders ?? []).map((each): Sender => ({ kind: 'alpha', sid: each.sid ?? '', address: each.alpha_sender ?? '', country: '', capabilities: capabilitiesOf(each.capabilities) })),
    ...(numbers.phone_numbers ?? []).map((each): Sender => ({ kind: 'number', sid: each.sid ?? '', address: each.phone_number ?? '', country: each.country_code ?? '', capabilities: capabilitiesOf(each.capabilities) })),
  ];
}

export function useSenders(sid: string) {
  return useQuery({ queryKey: ['senders', sid], queryFn: ({ signal }) => listSenders(sid, signal) });
}

/** `value`: the SID of a number or short code, or the name itself. */
export async function addSender(service: string, kind: SenderKind, value: string): Promise<void> {
  if (kind === 'number') await call('messaging_v1.CreatePhoneNumber', { ServiceSid: service, PhoneNumberSid: value });
  else if (kind === 'short_code') await call('messaging_v1.CreateShortCode', { ServiceSid: service, ShortCodeSid: value });
  else await call('messaging_v1.CreateAlphaSender', { ServiceSid: service, AlphaSender: value });
}

export async function removeSender(service: string, { kind, sid }: Sender): Promise<void> {
  const place = { ServiceSid: service, Sid: sid };
  if (kind === 'number') await call('messaging_v1.DeletePhoneNumber', place);
  else if (kind === 'short_code') await call('messaging_v1.DeleteShortCode', place);
  else await call('messaging_v1.DeleteAlphaSender', place);
}
