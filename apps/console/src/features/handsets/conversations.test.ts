import { expect, test } from 'vitest';
import type { HandsetMessage } from '../../api/control';
import { conversationsOf } from './conversations';

const message = (sid: string, direction: 'inbound' | 'outbound', peer: string): HandsetMessage => ({
  sid, direction, from: direction === 'inbound' ? peer : '+1me', to: direction === 'inbound' ? '+1me' : peer, body: sid, media_urls: [], date: '2026-01-01T00:00:00Z',
});

test('conversations: the newest first, their messages in the order of time', () => {
  const found = conversationsOf([message('SM4', 'inbound', '+1b'), message('SM3', 'outbound', '+1a'), message('SM2', 'inbound', '+1a'), message('SM1', 'inbound', '+1b')], {});
  expect(found.map((each) => each.peer)).toEqual(['+1b', '+1a']);
  expect(found[1]?.messages.map((each) => each.sid)).toEqual(['SM2', 'SM3']);
});

test('unread is what came in after the mark', () => {
  const found = conversationsOf([message('SM3', 'inbound', '+1a'), message('MM2', 'inbound', '+1a'), message('SM1', 'inbound', '+1a')], { '+1a': 'SM1' });
  expect(found[0]?.unread).toBe(2);
});
