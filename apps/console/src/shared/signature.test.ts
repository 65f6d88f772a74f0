import { expect, test } from 'vitest';
import { sign, signedText } from './signature';

// The example of Twilio's documentation of request validation.
test('a form is signed as the documentation shows it', async () => {
  const params = Object.entries({ CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234', From: '+14158675309', To: '+18005551212' });
  expect(await sign('12345', 'https://mycompany.com/myapp.php?foo=1&bar=2', params)).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
});

test('parameters are sorted, and what comes twice counts once', () => {
  expect(signedText('u', [['b', '2'], ['a', '9'], ['a', '1'], ['b', '2'], ['B', '0']])).toBe('uB0a1a9b2');
});
