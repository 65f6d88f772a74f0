import { expect, test } from 'vitest';
import { handlerOf, kindOf, storedOf } from './handler';

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
