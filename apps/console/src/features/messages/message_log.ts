// The table's rows: pages from the server, older ones as they are scrolled to; what is new or changes is put in as it
// happens, without asking for everything again.

import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Message } from '../../api/control';
import { control, type ControlAnswer } from '../../shared/control';
import { useEvents } from '../../shared/events';

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

/** The newest page as the server has it now, put before and into what is there. Null when a gap would be left. */
export function withHead(pages: Pages, head: MessagePage): Pages | null {
  const known = new Map<string, Message>();
  for (const page of pages.pages) for (const each of page.messages) known.set(each.sid ?? '', each);
  const added = head.messages.filter((each) => !known.has(each.sid ?? ''));
  const first = pages.pages[0];
  if (!first) return null;
  if (added.length === head.messages.length && head.next !== null && known.size > 0) return null;
  const fresh = new Map(head.messages.map((each) => [each.sid ?? '', each]));
  const patched = pages.pages.map((page) => ({ ...page, messages: page.messages.map((each) => fresh.get(each.sid ?? '') ?? each) }));
  const [top, ...rest] = patched;
  return { ...pages, pages: [{ ...(top ?? first), messages: [...added, ...(top ?? first).messages] }, ...rest] };
}

export function useMessageLog(filters: MessageFilters, pageSize: number) {
  const client = useQueryClient();
  const queryKey = useMemo(() => ['message-log', filters, pageSize], [filters, pageSize]);
  const fetchPage = useCallback((after: string, limit: number, signal?: AbortSignal) =>
    control('GET /messages', { query: { ...queryOf(filters), after, limit }, ...(signal ? { signal } : {}) }), [filters]);
  const log = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, pageSize, signal),
    initialPageParam: '',
    getNextPageParam: (last: MessagePage) => last.next,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    gcTime: 60_000,
  });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const refreshHead = useCallback(async () => {
    timer.current = null;
    const head = await fetchPage('', 100);
    const pages = client.getQueryData<Pages>(queryKey);
    if (!pages) return;
    const merged = withHead(pages, head);
    if (merged) client.setQueryData(queryKey, merged);
    else await client.resetQueries({ queryKey, exact: true });
  }, [client, fetchPage, queryKey]);
  useEventsOfMessages(() => { timer.current ??= setTimeout(() => { refreshHead().catch(() => undefined); }, 400); });
  useEffect(() => () => { if (timer.current) clearTimeout(timer.current); }, [queryKey]);
  const rows = useMemo(() => log.data?.pages.flatMap((page) => page.messages) ?? [], [log.data]);
  return { ...log, rows };
}

function useEventsOfMessages(listener: () => void): void {
  useEvents((event) => { if (event.kind.startsWith('message.')) listener(); });
}
