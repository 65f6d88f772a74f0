// The journal, live. One EventSource for the whole page; it resumes after the last entry it saw. Components listen to
// kinds; the query cache is told what became stale.

import { type InvalidateQueryFilters, type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { JournalEntry } from '../api/control';
import { renewSession } from './http';

type Listener = (event: JournalEntry) => void;
export type Connection = 'connecting' | 'live' | 'lost';

export class Feed {
  private source: EventSource | null = null;
  private readonly listeners = new Set<Listener>();
  private last = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private failures = 0;
  private closed = false;

  constructor(private readonly tell: (state: Connection) => void) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  open(): void {
    const source = new EventSource(`/_dialtone/v1/events${this.last ? `?after=${this.last}` : ''}`);
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.tell('live');
    };
    source.onerror = () => {
      this.tell('lost');
      // The browser tries again by itself unless it was refused.
      if (source.readyState !== EventSource.CLOSED) return;
      this.timer = setTimeout(() => { void this.reopen(); }, retryDelay(++this.failures));
    };
    for (const family of kinds) source.addEventListener(family, (event) => { this.take(event as MessageEvent<string>); });
  }

  private async reopen(): Promise<void> {
    if (this.closed) return;
    await renewSession();
    if (!this.closed) this.open();
  }

  close(): void {
    this.closed = true;
    this.source?.close();
    if (this.timer) clearTimeout(this.timer);
  }

  private take(message: MessageEvent<string>): void {
    this.last = message.lastEventId;
    const event = JSON.parse(message.data) as JournalEntry;
    for (const listener of this.listeners) listener(event);
  }
}

/** 1, 2, 4 … at most 15 seconds. */
export function retryDelay(failures: number): number {
  return Math.min(15_000, 1000 * 2 ** Math.max(0, failures - 1));
}

/** Server-sent events are told apart by name, so each kind that the console listens to is named here. */
export const kinds = [
  'message.accepted', 'message.scheduled', 'message.queued', 'message.sending', 'message.sent', 'message.delivered', 'message.undelivered',
  'message.failed', 'message.canceled', 'message.receiving', 'message.received', 'message.read', 'message.deleted', 'message.redacted',
  'handset.created', 'handset.removed', 'handset.received', 'handset.sent', 'webhook.completed', 'alert.created',
  'number.created', 'number.updated', 'number.released', 'clock.frozen', 'clock.resumed', 'clock.set', 'clock.advanced', 'clock.auto', 'clock.jumped',
  'function.log', 'function.built', 'function.deployed', 'bin.changed', 'fault.set', 'fault.struck', 'fault.removed',
  'tenant.created', 'tenant.removed', 'caller_id.requested', 'caller_id.verified', 'short_code.created', 'email.received',
  'messaging_service.sender_added', 'messaging_service.sender_removed', 'messaging_service.opt_out', 'messaging_service.deleted', 'opt_out.added', 'opt_out.removed',
  'resource.created', 'resource.updated', 'resource.deleted',
  'lab.reset', 'lab.restored', 'lab.snapshot', 'lab.snapshot_removed',
] as const;

/** What the generic behaviour keeps and the console lists, by the letters of its SIDs. */
const listsOf: Record<string, string> = { CA: 'calls', FW: 'flows', AP: 'applications', MG: 'messaging-services' };

/** Which lists an entry makes stale. */
export function staleKeys(event: JournalEntry): string[][] {
  const family = event.kind.split('.')[0];
  switch (family) {
    case 'message': return [['messages'], ['message', event.subject]];
    case 'webhook': return [['message', event.subject]];
    case 'handset': return event.kind === 'handset.received' || event.kind === 'handset.sent' ? [['conversation', event.subject]] : [['handsets']];
    case 'alert': return [['alerts']];
    case 'number': return [['numbers']];
    case 'clock': return [['clock']];
    case 'bin': return [['bins']];
    case 'function': return event.kind === 'function.log' ? [['function-logs']] : [['builds'], ['environments'], ['deployed-functions']];
    case 'fault': return [['faults']];
    case 'tenant': return [['tenants']];
    case 'caller_id': return [['caller-ids']];
    case 'email': return [['mails']];
    case 'short_code': return [['short-codes']];
    case 'messaging_service': return [['senders', event.subject], ['opt-out', event.subject], ['membership'], ['messaging-services']];
    case 'resource': {
      const list = listsOf[event.subject.slice(0, 2)];
      if (!list) return [];
      return list === 'calls' ? [[list], ['call', event.subject]] : [[list]];
    }
    case 'lab': return event.kind.startsWith('lab.snapshot') ? [['snapshots']] : [[]];
    default: return [];
  }
}

/** Has the queries asked again. One whose first answer is still under way would be content with that, which may be older than what happened: it is asked
 *  once more after it. */
export async function askAgain(client: QueryClient, filters: InvalidateQueryFilters): Promise<void> {
  const first = new Set<Query>(client.getQueryCache().findAll(filters).filter(({ state }) => state.data === undefined && state.fetchStatus === 'fetching'));
  await client.invalidateQueries(filters);
  if (first.size > 0) await client.invalidateQueries({ predicate: (query) => first.has(query) }, { cancelRefetch: false });
}

/** Invalidates at most a few times a second, however fast the journal grows. */
export class Staleness {
  private waiting = new Map<string, string[]>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  constructor(private readonly client: QueryClient, private readonly delay = 300) {}

  add(keys: string[][]): void {
    for (const key of keys) this.waiting.set(key.join(' '), key);
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => { this.flush(); }, this.delay);
  }

  flush(): void {
    this.timer = null;
    const keys = [...this.waiting.values()];
    this.waiting = new Map();
    for (const queryKey of keys) void askAgain(this.client, { queryKey });
  }
}

/** What is asked again when the feed begins. At first all: a page asks before the feed is open, and something may have happened in between. After a
 *  loss all but the table of messages, which follows the entries that come late; asking for all of its pages again would be much. */
function isStale(before: Connection, queryKey: readonly unknown[]): boolean {
  return before === 'connecting' || queryKey[0] !== 'message-log';
}

const FeedContext = createContext<{ feed: Feed | null; connection: Connection }>({ feed: null, connection: 'connecting' });

export function FeedProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const [feed, setFeed] = useState<Feed | null>(null);
  useEffect(() => {
    let before: Connection = 'connecting';
    const made = new Feed((state) => {
      setConnection(state);
      const lost = before;
      before = state;
      if (state === 'live' && lost !== 'live') void askAgain(client, { predicate: ({ queryKey }) => isStale(lost, queryKey) });
    });
    const staleness = new Staleness(client);
    made.listen((event) => { staleness.add(staleKeys(event)); });
    made.open();
    setFeed(made);
    return () => { made.close(); };
  }, [client]);
  const value = useMemo(() => ({ feed, connection }), [feed, connection]);
  return <FeedContext.Provider value={value}>{children}</FeedContext.Provider>;
}

export function useConnection(): Connection {
  return useContext(FeedContext).connection;
}

export function useEvents(listener: Listener): void {
  const { feed } = useContext(FeedContext);
  const latest = useRef(listener);
  useEffect(() => { latest.current = listener; });
  useEffect(() => feed?.listen((event) => { latest.current(event); }), [feed]);
}
