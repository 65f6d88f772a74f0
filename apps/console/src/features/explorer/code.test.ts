import { expect, test } from 'vitest';
import { cppOf, curlOf, type ExplorerRequest, nodeOf, pythonOf } from './code';

const request: ExplorerRequest = { method: 'POST', url: 'https://api.twilio.com/x.json', headers: [], form: [['Body', "It's"], ['To', '+1']], json: null };
const withHeader: ExplorerRequest = { ...request, form: [], headers: [['If-Match', '"3"'], ['Content-Type', 'application/json']], json: '{"a":1}' };

test('curl quotes what a shell would read', () => {
  expect(curlOf(request)).toContain(`--data-urlencode 'Body=It'\\''s'`);
  expect(curlOf({ ...request, method: 'GET', form: [] })).not.toContain('-X');
});

test('the others carry the same parameters', () => {
  expect(nodeOf(request)).toContain(`new URLSearchParams([["Body","It's"],["To","+1"]])`);
  expect(pythonOf(request)).toContain(`data=[("Body", "It's"), ("To", "+1")]`);
  expect(cppOf(request)).toContain(`"Body=It%27s&To=%2B1"`);
});

test('headers and JSON are in all of them', () => {
  expect(curlOf(withHeader)).toContain(`-H 'If-Match: "3"'`);
  expect(curlOf(withHeader)).toContain(`-d '{"a":1}'`);
  expect(nodeOf(withHeader)).toContain(`"If-Match": "\\"3\\"", "Content-Type": "application/json"`);
  expect(pythonOf(withHeader)).toContain(`headers={"If-Match": "\\"3\\"", "Content-Type": "application/json"}`);
  expect(cppOf(withHeader)).toContain(`curl_slist_append(headers, "If-Match: \\"3\\"")`);
});
