import { expect, test } from 'vitest';
import type { Message } from '../../api/control';
import { filtersOf, instantOf, type MessagePage, withHead } from './message_log';

const message = (sid: string, status = 'queued') => ({ sid, status }) as unknown as Message;
const page = (sids: string[], next: string | null): MessagePage => ({ messages: sids.map((sid) => message(sid)), next });

test('what is new comes before, what changed is replaced', () => {
  const pages = { pages: [page(['SM3', 'SM2'], 'SM2'), page(['SM1'], null)], pageParams: ['', 'SM2'] };
  const merged = withHead(pages, { messages: [message('SM4'), message('SM3', 'delivered')], next: 'SM3' });
  expect(merged?.pages.flatMap((each) => each.messages.map((row) => `${row.sid ?? ''} ${row.status}`))).toEqual(['SM4 queued', 'SM3 delivered', 'SM2 queued', 'SM1 queued']);
  expect(merged?.pages[1]?.next).toBeNull();
});

test('more new ones than a page would leave a gap, so the list begins anew', () => {
  const pages = { pages: [page(['SM1'], null)], pageParams: [''] };
  expect(withHead(pages, { messages: [message('SM9'), message('SM8')], next: 'SM8' })).toBeNull();
  expect(withHead({ pages: [page([], null)], pageParams: [''] }, { messages: [message('SM1')], next: null })?.pages[0]?.messages).toHaveLength(1);
});

test('a day is that day here, to its end', () => {
  const since = new Date(instantOf('2026-03-01', false));
  const until = new Date(instantOf('2026-03-01', true));
  expect(until.getTime() - since.getTime()).toBe(24 * 3600 * 1000);
  expect(instantOf('2026-03-01T10:00:00Z', true)).toBe('2026-03-01T10:00:00Z');
});

test('filters lie in the URL', () => {
  expect(filtersOf(new URLSearchParams('status=failed&x=1'))).toMatchObject({ status: 'failed', from: '' });
});
