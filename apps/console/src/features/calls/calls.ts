// The account's calls, newest first. They are kept as the API made them; nothing carries them out yet.

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type Answer, call, nextPage } from '../../shared/twilio';

type Page = Answer<'api_v2010.ListCall'>;
export type Call = NonNullable<Page['calls']>[number];

export const notCarriedOut = 'Calls are recorded, but not carried out yet: no phone rings.';

export function useNewestCalls(count: number) {
  return useQuery({ queryKey: ['calls', 'newest', count], queryFn: async ({ signal }) => (await call('api_v2010.ListCall', { PageSize: count }, signal)).calls ?? [] });
}

export function useCalls(status: string) {
  return useInfiniteQuery({
    queryKey: ['calls', 'pages', status],
    queryFn: ({ pageParam, signal }) => (pageParam ? nextPage<Page>('api', pageParam, signal) : call('api_v2010.ListCall', { PageSize: 50, ...(status ? { Status: status as 'queued' } : {}) }, signal)),
    initialPageParam: '', getNextPageParam: (last) => last.next_page_uri ?? undefined,
  });
}

/** Only the API makes calls as yet, so one without a direction goes out. */
export function directionOf(each: Call): string {
  return each.direction === 'inbound' ? 'Incoming' : 'Outgoing';
}
