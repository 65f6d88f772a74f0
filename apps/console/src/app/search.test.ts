import { expect, test, vi } from 'vitest';

vi.mock('./navigation', () => ({ navigation: [] }));
import { targetOf } from './search';

test.each([
  ['message', 'SM1', '/logs/messages/SM1'],
  ['handset', '+1555', '/handsets?open=%2B1555'],
  ['short_code', 'SC1', '/numbers/short-codes'],
] as const)('a %s leads to its page', (kind, sid, to) => { expect(targetOf({ kind, sid, title: '', detail: '' })).toBe(to); });
