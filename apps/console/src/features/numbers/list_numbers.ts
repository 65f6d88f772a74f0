import { useQuery } from '@tanstack/react-query';
import { type Answer, call, nextPage } from '../../shared/twilio';

type Page = Answer<'api_v2010.ListIncomingPhoneNumber'>;
export type IncomingNumber = NonNullable<Page['incoming_phone_numbers']>[number];

const numbersMax = 1000;

async function listNumbers(signal: AbortSignal): Promise<IncomingNumber[]> {
  const out: IncomingNumber[] = [];
  let page = await call('api_v2010.ListIncomingPhoneNumber', { PageSize: 200 }, signal);
  for (;;) {
    out.push(...page.incoming_phone_numbers ?? []);
    if (!page.next_page_uri || out.length >= numbersMax) return out;
    page = await nextPage<Page>('api', page.next_page_uri, signal);
  }
}

export function useNumbers() {
  return useQuery({ queryKey: ['numbers'], queryFn: ({ signal }) => listNumbers(signal) });
}
