// What the C++ client sends is, byte for byte, what the official Node library sends for the same call: method, host, path,
// query, body, and the headers that say what is meant.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Driver, driverSkip as skip, Recorder, valuesOf } from './support/client.mjs';
import { asAsked, objectsOf, officialClient, shapeOfOperation, verbsOf } from './support/official.mjs';
import { Walk } from './support/walk.mjs';
import { Values } from './support/openapi.mjs';

const sid = `AC${'1'.repeat(32)}`;
const token = 'a token';

let recorder;
let driver;
let official;
before(async () => {
  recorder = await Recorder.start(null, () => ({ status: 200, body: '{"meta":{"key":"rows"},"rows":[]}' }));
  official = officialClient(recorder, sid, token);
  if (!skip) driver = new Driver(recorder.url, sid, token);
});
after(async () => {
  await driver?.stop();
  official.close();
  await recorder.close();
});

/** Where the library sends less than the documents know, or elsewhere than they say. */
const gaps = {
  'flex_v1 ListConfiguredPlugin': 'no header with a list', 'flex_v1 ListPlugin': 'no header with a list',
  'flex_v1 ListPluginConfiguration': 'no header with a list', 'flex_v1 ListPluginRelease': 'no header with a list',
  'flex_v1 ListPluginVersion': 'no header with a list', 'numbers_v1 CreateSmsVerification': 'a body that the documents do not know',
  'numbers_v1 CreateSmsVerificationCheck': 'a body', 'numbers_v1 CreateVoiceVerification': 'a body', 'messaging_v1 ListUsAppToPerson': 'no header with a list',
  'insights_v3 CreateQueryResults': 'no query with a body of JSON', 'oauth_v2 CreateOauth2Token': 'account_sid in the body',
};

/** Accept-Encoding says what the library can unpack, User-Agent which it is, the rest how the connection is kept. An Accept with DELETE is the
 *  official library's HTTP client's own. */
const own = new Set(['user-agent', 'accept-encoding', 'content-length', 'connection']);
const sorted = (value) => (value && typeof value === 'object' && !Array.isArray(value)
  ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]))
  : Array.isArray(value) ? value.map(sorted) : value);
/** The members of JSON stand in the order in which a program names them. */
const meaning = ({ method, target, headers, body }) => ({ method, host: headers.host, target,
  body: /json/.test(headers['content-type'] ?? '') ? sorted(JSON.parse(body)) : body,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name) && !(method === 'DELETE' && name === 'accept')).sort()) });

/** Some of the library's objects take their path's values in another order than the path has them. */
function inOrder(made, path) {
  const object = made.make(path);
  const values = (uri) => uri.replace(/\.json$/, '').split('/').filter((each) => path.includes(each));
  return JSON.stringify(values(object._uri)) === JSON.stringify(path) || path.length < 2 ? object : made.make(path.toReversed?.() ?? [...path].reverse());
}

test('every call that both libraries know is the same on the wire', { skip }, async (t) => {
  const walk = new Walk({ handset: '+15558675310', number: '+15005550006' });
  for (const each of walk.catalogue.operations) walk.values[each.host] ??= new Values();
  const objects = objectsOf(official.client);
  const unknown = [];
  const different = [];
  const known = [];
  let same = 0;
  for (const operation of walk.catalogue.operations) {
    const operationName = `${operation.document.name} ${operation.id}`;
    const candidates = objects.get(shapeOfOperation(operation)) ?? [];
    const path = operation.segments.filter((each) => each.startsWith('{')).map((_, i) => `XX${String(i).repeat(32)}`);
    if (operation.host === 'api' && path.length > 0) path[0] = sid;
    const [object, method] = candidates.map((made) => inOrder(made, path))
      .map((each) => [each, verbsOf(operation).find((name) => typeof each[name] === 'function')]).find(([, name]) => name) ?? [];
    if (!method) {
      unknown.push(`${operation.document.name} ${operation.id}`);
      continue;
    }
    const sent = walk.request(operation, true);
    const values = valuesOf(operation, sent);
    if (values.AddOnsData) values.AddOnsData = { marchex_cleancall: { first: 1, second: { deep: 'x y' } } };
    const json = sent.json !== undefined;
    recorder.exchanges.length = 0;
    try {
      await (json ? object[method](sent.json, ...(Object.keys(sent.headers).length > 0 ? [{ ...sent.headers }] : [])) : object[method](asAsked(values)));
    } catch (error) {
      if (recorder.exchanges.length === 0) {
        unknown.push(`${operation.document.name} ${operation.id}: ${error.message}`);
        continue;
      }
    }
    const theirs = meaning(recorder.exchanges[0]);
    recorder.exchanges.length = 0;
    const result = await driver.call(`${operation.document.name} ${operation.id}`, path, values);
    const ours = recorder.exchanges[0] ? meaning(recorder.exchanges[0]) : result;
    if (JSON.stringify(ours) === JSON.stringify(theirs)) same += 1;
    else if (operationName in gaps) known.push(operationName);
    else different.push({ operation: `${operation.document.name} ${operation.id}`, ours, theirs });
  }
  t.diagnostic(`${same} calls are the same, ${different.length} are not, ${unknown.length} are not in the official library: ${unknown.slice(0, 12).join(', ')} …`);
  if (process.env.WIRE_FILE) writeFileSync(process.env.WIRE_FILE, JSON.stringify({ different, unknown }));
  assert.deepEqual(known.sort(), Object.keys(gaps).sort());
  assert.deepEqual(different.slice(0, 5), []);
  assert.ok(same > 1000);
});
