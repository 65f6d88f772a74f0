import { expect, test } from 'vitest';
import type { Message } from '../../api/control';
import { filtersOf, holds, instantOf, type MessagePage, withHead, withRows } from './message_log';

const message = (sid: string, status = 'queued') => ({ sid, status }) as unknown as Message;
const page = (sids: string[], next: string | null): MessagePage => ({ messages: sids.map((sid) => message(sid)), next });

test('what is new comes before, what changed is replaced', () => {
  const pages = { pages: [page(['SM3', 'SM2'], 'SM2'), page(['SM1'], null)], pageParams: ['', 'SM2'] };
  const merged = withHead(pages, { messages: [message('SM4'), message('SM3', 'delivered')], next: 'SM3' });
  expect(merged?.pages.flatMap((each) => each.messages.map((row) => `${row.sid} ${row.status}`))).toEqual(['SM4 queued', 'SM3 delivered', 'SM2 queued', 'SM1 queued']);
  expect(merged?.pages[1]?.next).toBeNull();
});

test('more new ones than a page would leave a gap, so the list begins anew', () => {
  const pages = { pages: [page(['SM1'], null)], pageParams: [''] };
  expect(withHead(pages, { messages: [message('SM9'), message('SM8')], next: 'SM8' })).toBeNull();
  expect(withHead({ pages: [page([], null)], pageParams: [''] }, { messages: [message('SM1')], next: null })?.pages[0]?.messages).toHaveLength(1);
});

test('an old row is replaced where it is, and taken out when it is gone', () => {
  const pages = { pages: [page(['SM5', 'SM4'], 'SM4'), page(['MM3', 'SM2', 'SM1'], null)], pageParams: ['', 'SM4'] };
  const now = withRows(pages, new Set(['MM3', 'SM1']), [message('MM3', 'canceled')]);
  expect(now.pages.map((each) => each.messages.map((row) => `${row.sid} ${row.status}`))).toEqual([['SM5 queued', 'SM4 queued'], ['MM3 canceled', 'SM2 queued']]);
  expect(now.pages[0]).toBe(pages.pages[0]);
  expect([holds(pages, 'SM1'), holds(now, 'SM1')]).toEqual([true, false]);
});

test('pages below the newest rows stay the same objects', () => {
  const pages = { pages: [page(['SM5', 'SM4'], 'SM4'), page(['SM3'], null)], pageParams: ['', 'SM4'] };
  const merged = withHead(pages, { messages: [message('SM5', 'sent'), message('SM4')], next: 'SM4' });
  expect(merged?.pages[1]).toBe(pages.pages[1]);
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
