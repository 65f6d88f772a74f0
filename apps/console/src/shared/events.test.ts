import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import type { JournalEntry } from '../api/control';
import { askAgain, retryDelay, staleKeys, Staleness } from './events';

const event = (kind: string, subject: string): JournalEntry => ({ position: 1, at: '', kind, account: '', subject, data: {} });

test('an entry makes those lists stale that show it', () => {
  expect(staleKeys(event('message.sent', 'SM1'))).toEqual([['messages'], ['message', 'SM1']]);
  expect(staleKeys(event('handset.received', '+1555'))).toEqual([['conversation', '+1555']]);
  expect(staleKeys(event('handset.created', '+1555'))).toEqual([['handsets']]);
  expect(staleKeys(event('resource.created', 'CA1'))).toEqual([['calls'], ['call', 'CA1']]);
  expect(staleKeys(event('resource.deleted', 'FW1'))).toEqual([['flows']]);
  expect(staleKeys(event('resource.updated', 'ZZ1'))).toEqual([]);
  expect(staleKeys(event('unheard.of', 'x'))).toEqual([]);
});

test('a flood of entries makes few refetches', () => {
  vi.useFakeTimers();
  const client = new QueryClient();
  const invalidate = vi.spyOn(client, 'invalidateQueries');
  const staleness = new Staleness(client, 300);
  for (let i = 0; i < 1000; ++i) staleness.add(staleKeys(event('handset.received', '+1555')));
  vi.advanceTimersByTime(299);
  expect(invalidate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(invalidate).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

test('what happens while a page asks for the first time is asked for again', async () => {
  const client = new QueryClient();
  const answers: ((alerts: number) => void)[] = [];
  const observer = new QueryObserver(client, { queryKey: ['alerts'], queryFn: () => new Promise<number>((resolve) => { answers.push(resolve); }) });
  const stop = observer.subscribe(() => undefined);
  const asked = askAgain(client, { queryKey: ['alerts'] });
  answers[0]?.(0);
  await vi.waitFor(() => { expect(answers).toHaveLength(2); });
  answers[1]?.(3);
  await asked;
  expect(observer.getCurrentResult().data).toBe(3);
  stop();
});

test('reconnecting waits longer each time, up to a limit', () => {
  expect([1, 2, 3, 10].map(retryDelay)).toEqual([1000, 2000, 4000, 15_000]);
});
