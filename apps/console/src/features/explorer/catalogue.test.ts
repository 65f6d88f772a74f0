import { expect, test } from 'vitest';
import { type Entry, matching, titleOf } from './catalogue';

const entries: Entry[] = [
  { document: 'api_v2010', operation: 'CreateMessage', method: 'POST', product: 'api', path: '/2010-04-01/Accounts/{AccountSid}/Messages.json' },
  { document: 'verify_v2', operation: 'CreateVerification', method: 'POST', product: 'verify', path: '/v2/Services/{ServiceSid}/Verifications' },
];

test('operations are found by words of any part', () => {
  expect(matching(entries, 'post message')).toEqual([entries[0]]);
  expect(matching(entries, 'verify create')).toEqual([entries[1]]);
  expect(matching(entries, '')).toHaveLength(2);
});

test('names are read as words', () => { expect(titleOf('CreateMessage')).toBe('Create message'); });
