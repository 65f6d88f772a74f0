import { expect, test } from 'vitest';
import { cppOf, curlOf, nodeOf, pythonOf } from './code';

const request = { method: 'POST', url: 'https://api.twilio.com/x.json', form: [['Body', "It's"], ['To', '+1']] as [string, string][], json: null };

test('curl quotes what a shell would read', () => {
  expect(curlOf(request)).toContain(`--data-urlencode 'Body=It'\\''s'`);
  expect(curlOf({ ...request, method: 'GET', form: [] })).not.toContain('-X');
});

test('the others carry the same parameters', () => {
  expect(nodeOf(request)).toContain(`new URLSearchParams([["Body","It's"],["To","+1"]])`);
  expect(pythonOf(request)).toContain(`("Body", "It's")`);
  expect(cppOf(request)).toContain(`"Body=It%27s&To=%2B1"`);
  expect(cppOf({ ...request, form: [], json: '{"a":1}' })).toContain('Content-Type: application/json');
});
