// The table's rows: pages from the server, older ones as they are scrolled to; what is new or changes is put in as it
// happens, without asking for everything again.

import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Message } from '../../api/control';
import { control, type ControlAnswer } from '../../shared/control';
import { useConnection, useEvents } from '../../shared/events';

export type MessagePage = ControlAnswer<'GET /messages'>;
export interface MessageFilters { sid: string; from: string; to: string; direction: string; status: string; text: string; since: string; until: string }

export const filterNames = ['sid', 'from', 'to', 'direction', 'status', 'text', 'since', 'until'] as const;
export const pageSizes = [50, 100, 500, 1000] as const;

export function filtersOf(params: URLSearchParams): MessageFilters {
  return Object.fromEntries(filterNames.map((name) => [name, params.get(name) ?? ''])) as unknown as MessageFilters;
}

/** A day without a time is that day here, in the reader's time zone; `until` means its end. */
export function instantOf(text: string, end: boolean): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const date = new Date(`${text}T00:00:00`);
  if (Number.isNaN(date.getTime())) return text;
  if (end) date.setDate(date.getDate() + 1);
  return date.toISOString();
}

export function queryOf(filters: MessageFilters): Record<string, string> {
  return { ...filters, since: instantOf(filters.since, false), until: instantOf(filters.until, true) };
}

type Pages = InfiniteData<MessagePage, string>;

/** How old: SIDs are in the order of time but for their two letters. */
const ageOf = (sid: string) => sid.slice(2);

/** The newest page as the server has it now, put before and into what is there. Null when a gap would be left. */
export function withHead(pages: Pages, head: MessagePage): Pages | null {
  const first = pages.pages[0];
  if (!first) return null;
  const oldest = ageOf(head.messages.at(-1)?.sid ?? '');
  const fresh = new Map(head.messages.map((each) => [each.sid, each]));
  const known = new Set<string>();
  // However many rows are loaded, only the pages that the newest ones lie in are looked at.
  const patched = pages.pages.map((page) => {
    if (fresh.size === 0 || ageOf(page.messages[0]?.sid ?? '') < oldest) return page;
    let changed = false;
    const messages = page.messages.map((each) => {
      const now = fresh.get(each.sid);
      if (!now) return each;
      known.add(each.sid);
      changed = true;
      return now;
    });
    return changed ? { ...page, messages } : page;
  });
  const added = head.messages.filter((each) => !known.has(each.sid));
  if (added.length === head.messages.length && head.next !== null && pages.pages.some((page) => page.messages.length > 0)) return null;
  const [top = first, ...rest] = patched;
  return { ...pages, pages: [{ ...top, messages: [...added, ...top.messages] }, ...rest] };
}

/** Rows of these SIDs as they are now; those that are not among `found` are gone, or fit the filters no more. */
export function withRows(pages: Pages, sids: ReadonlySet<string>, found: readonly Message[]): Pages {
  const fresh = new Map(found.map((each) => [each.sid, each]));
  return {
    ...pages,
    pages: pages.pages.map((page) => {
      if (!page.messages.some((each) => sids.has(each.sid))) return page;
      return { ...page, messages: page.messages.flatMap((each) => (sids.has(each.sid) ? fresh.get(each.sid) ?? [] : each)) };
    }),
  };
}

export function holds(pages: Pages, sid: string): boolean {
  return pages.pages.some((page) => page.messages.some((each) => each.sid === sid));
}

const headSize = 100;
/** Milliseconds: however fast messages come, the table is not asked for more often. */
const refreshEvery = 400;
/** So many old rows are looked up at once; when more change, what is seen of them waits for the next change. */
const lookUpsMax = 20;

export function useMessageLog(filters: MessageFilters, pageSize: number) {
  const client = useQueryClient();
  const queryKey = useMemo(() => ['message-log', filters, pageSize], [filters, pageSize]);
  const fetchPage = useCallback((asked: { after?: string; sid?: string; limit: number }, signal?: AbortSignal) =>
    control('GET /messages', { query: { ...queryOf(filters), ...asked }, ...(signal ? { signal } : {}) }), [filters]);
  const log = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage({ after: pageParam, limit: pageSize }, signal),
    initialPageParam: '',
    getNextPageParam: (last: MessagePage) => last.next,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    gcTime: 60_000,
    structuralSharing: false,  // comparing a hundred thousand rows with themselves takes longer than a frame
  });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const touched = useRef(new Set<string>());
  /** Puts in what is new and what changed. False when it must be done again: a page on its way would bring back what was. */
  const refresh = useCallback(async (): Promise<boolean> => {
    const sids = touched.current;
    touched.current = new Set();
    const head = await fetchPage({ limit: headSize });
    for (const each of head.messages) sids.delete(each.sid);
    const pages = client.getQueryData<Pages>(queryKey);
    const old = new Set(pages ? [...sids].filter((sid) => holds(pages, sid)).slice(0, lookUpsMax) : []);
    const found = (await Promise.all([...old].map(async (sid) => (await fetchPage({ sid, limit: 1 })).messages))).flat();
    if (client.getQueryState(queryKey)?.fetchStatus === 'fetching') {
      for (const sid of sids) touched.current.add(sid);
      return false;
    }
    const now = client.getQueryData<Pages>(queryKey);
    const merged = now ? withHead(now, head) : undefined;
    if (merged === null) await client.resetQueries({ queryKey, exact: true });
    else if (merged) client.setQueryData<Pages>(queryKey, withRows(merged, old, found));
    return true;
  }, [client, fetchPage, queryKey]);
  const schedule = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      refresh().then((done) => { if (!done) schedule(); }, () => undefined);
    }, refreshEvery);
  }, [refresh]);
  useEvents((event) => {
    if (event.kind === 'lab.reset' || event.kind === 'lab.restored') void client.resetQueries({ queryKey, exact: true });
    if (!event.kind.startsWith('message.')) return;
    touched.current.add(event.subject);
    schedule();
  });
  // What came while the connection was lost may have no entry that is told again.
  const connection = useConnection();
  const before = useRef(connection);
  useEffect(() => {
    if (connection === 'live' && before.current === 'lost') schedule();
    before.current = connection;
  }, [connection, schedule]);
  useEffect(() => () => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
  }, [queryKey]);
  const rows = useMemo(() => log.data?.pages.flatMap((page) => page.messages) ?? [], [log.data]);
  return { ...log, rows };
}
