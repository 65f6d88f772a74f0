import { expect, test } from 'vitest';
import { flowUrl, handlerOf, kindOf, missingOf, requireWhole, storedOf } from './handler';

test.each([
  ['', '', 'none'],
  ['http://127.0.0.1:3000/sms', '', 'webhook'],
  ['https://handler.twilio.com/twiml/EH1', '', 'bin'],
  ['https://hello-1234.twil.io/sms', '', 'function'],
  ['https://webhooks.twilio.com/v1/Accounts/AC1/Flows/FW1', '', 'flow'],
  ['https://evil.example/?x=https://a.twil.io/', '', 'webhook'],
  ['http://127.0.0.1/', 'AP1', 'application'],
])('%s with application %s is a %s', (url, application, kind) => { expect(kindOf(url, application)).toBe(kind); });

test('what does not belong to the chosen kind is emptied', () => {
  const before = handlerOf({ url: 'http://a/', method: 'GET', fallbackUrl: 'http://b/', fallbackMethod: null, applicationSid: null });
  expect(before).toMatchObject({ kind: 'webhook', method: 'GET', fallbackMethod: 'POST' });
  expect(storedOf({ ...before, kind: 'none' })).toMatchObject({ url: '', fallbackUrl: '', applicationSid: '' });
  expect(storedOf({ ...before, kind: 'application', applicationSid: 'AP1' })).toMatchObject({ url: '', applicationSid: 'AP1' });
});

test.each([
  [{ kind: 'webhook', url: ' ' }, /Enter the URL/], [{ kind: 'function', url: '' }, /Choose the function/], [{ kind: 'bin', url: '' }, /TwiML Bin/],
  [{ kind: 'flow', url: '' }, /Studio flow/], [{ kind: 'application', applicationSid: '' }, /TwiML application/],
] as const)('half a choice is not saved as none: %o', (change, words) => {
  const handler = { ...handlerOf({ url: '', method: null, fallbackUrl: null, fallbackMethod: null, applicationSid: null }), ...change };
  expect(missingOf(handler, 'a call')).toMatch(words);
  expect(() => { requireWhole([handler, 'a call']); }).toThrow(words);
});

test('whole choices are saved', () => {
  const nothing = handlerOf({ url: '', method: null, fallbackUrl: null, fallbackMethod: null, applicationSid: null });
  expect(missingOf(nothing, 'a call')).toBeNull();
  expect(missingOf({ ...nothing, kind: 'flow', url: flowUrl('AC1', 'FW1') }, 'a call')).toBeNull();
  expect(missingOf({ ...nothing, kind: 'application', applicationSid: 'AP1' }, 'a call')).toBeNull();
});
