import { expect, test, vi } from 'vitest';

vi.mock('./navigation', () => ({ navigation: [] }));
import { targetOf } from './search';

test.each([
  ['message', 'SM1', '/logs/messages/SM1'],
  ['handset', '+1555', '/handsets?open=%2B1555'],
  ['short_code', 'SC1', '/numbers/short-codes?open=SC1'],
  ['application', 'AP1', '/numbers/applications?open=AP1'],
  ['call', 'CA1', '/logs/calls/CA1'],
] as const)('a %s leads to its page', (kind, sid, to) => { expect(targetOf({ kind, sid, title: '', detail: '' })).toBe(to); });
