// The control API is described once, and answers as it is described: every operation of the document is asked, and its
// answer has the members and types that the document promises, and no others.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { document } from '../src/lab/openapi.mjs';
import { Validator } from './support/openapi.mjs';
import { Server } from './support/server.mjs';

const described = { name: 'control', root: document };
const operations = [];
for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    const answers = new Map(Object.entries(operation.responses).map(([status, response]) => {
      const [type, content] = Object.entries((response.$ref ? document.components.responses.Error : response).content ?? {})[0] ?? [];
      return [status, content ? { type, schema: content.schema, nulls: new Set() } : null];
    }));
    operations.push({ document: described, name: `${method.toUpperCase()} ${path}`, operation, answers });
  }
}
const validator = new Validator([described], operations);
const asked = new Set();

let server;
let app;
before(async () => {
  server = await Server.start();
  app = http.createServer((request, response) => {
    request.resume();
    if (request.url === '/bad') response.statusCode = 403;
    response.setHeader('Content-Type', request.url.endsWith('.png') ? 'image/png' : 'text/xml');
    response.end(request.url.endsWith('.png') ? 'a picture' : '<Response/>');
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
});
after(async () => {
  app.close();
  await server.stop();
});
const base = () => `http://127.0.0.1:${app.address().port}`;

/** Asks an operation of the document, and holds the answer against it. */
async function ask(name, { path = {}, query = {}, ...options } = {}) {
  const operation = operations.find((each) => each.name === name);
  assert.ok(operation, `the document has no ${name}`);
  asked.add(name);
  const [method, template] = name.split(' ');
  const filled = template.replace(/\{(\w+)\}/g, (_, each) => encodeURIComponent(path[each]));
  const search = new URLSearchParams(query).toString();
  for (const each of Object.keys(query)) assert.ok(operation.operation.parameters.some((one) => one.name === each), `${name} is described without ${each}`);
  const answer = await server.control(method, `${filled}${search ? `?${search}` : ''}`, options);
  const promised = operation.answers.get(String(answer.status)) ?? (answer.status >= 400 ? operation.answers.get('default') : undefined);
  const success = [...operation.answers.keys()][0];
  if (answer.status < 400) assert.equal(String(answer.status), success, `${name}: ${answer.text}`);
  if (!promised) assert.equal(answer.text, '', name);
  else if (promised.type === 'application/json') assert.equal(validator.complaint(described, promised, answer.json), null, `${name}: ${answer.text.slice(0, 600)}`);
  else if (promised.type !== '*/*') assert.match(answer.headers['content-type'], new RegExp(`^${promised.type}`), name);
  return answer;
}
const done = async (name, options) => {
  const answer = await ask(name, options);
  assert.ok(answer.status < 300, `${name}: ${answer.status} ${answer.text}`);
  return answer.json;
};

test('the program serves the document that the console was built with', async () => {
  assert.deepEqual(await done('GET /openapi.json', { auth: null }), document);
  for (const { name, operation } of operations) {
    const [method, path] = name.split(' ');
    const answer = await server.control(method, path.replace(/\{\w+\}/g, 'x'), { auth: null });
    assert.equal(answer.status === 401, operation.security === undefined, `${name} without credentials: ${answer.status}`);
  }
});

test('handsets, messages and what was said about them', async () => {
  const picture = { content_type: 'image/png', data: Buffer.from('pixels').toString('base64') };
  const { number } = await done('POST /handsets', { json: { name: 'One' } });
  await done('GET /handsets');
  await done('GET /handsets/{number}', { path: { number } });
  assert.equal((await ask('GET /handsets/{number}', { path: { number: '+19' } })).status, 404);
  assert.equal((await ask('POST /handsets', { json: { number } })).status, 409);
  const bad = await server.newNumber({ SmsUrl: `${base()}/bad` });
  const sent = await done('POST /handsets/{number}/messages', { path: { number }, json: { to: bad.phone_number, body: 'Hello', media: [picture] } });
  await server.alertsOf(sent.sid);
  await done('GET /handsets/{number}/messages', { path: { number }, query: { direction: 'all', limit: 10 } });
  assert.equal((await ask('GET /handsets/{number}/messages', { path: { number }, query: { wait: 0 } })).status, 408);
  await done('GET /handsets/{number}/messages/{sid}/media/{index}', { path: { number, sid: sent.sid, index: 0 } });
  const out = await server.messages('', 'POST', { From: server.number, To: number, Body: 'Look', MediaUrl: `${base()}/cat.png`, StatusCallback: `${base()}/status` });
  assert.equal(out.status, 201, out.text);
  await server.event('webhook.completed', (each) => each.subject === out.json.sid);
  await done('GET /messages', { query: { limit: 1 } });
  await done('GET /messages');
  await done('GET /messages.csv', { query: { direction: 'inbound' } });
  const detail = await done('GET /messages/{sid}', { path: { sid: out.json.sid } });
  assert.ok(detail.exchanges.length > 0 && detail.media.length === 1 && detail.life.length === 4);
  const shown = await done('GET /messages/{sid}', { path: { sid: sent.sid } });
  assert.equal(shown.alerts.length, 1);
  const [, account, hash, query] = /media\/([^/]+)\/([^?]+)\?(.*)$/.exec(detail.media[0].address);
  await done('GET /media/{account}/{hash}', { path: { account, hash }, query: Object.fromEntries(new URLSearchParams(query)), auth: null });
  const { exchanges } = await done('GET /exchanges', { query: { subject: out.json.sid } });
  await done('GET /exchanges/{sid}', { path: { sid: exchanges[0].sid } });
  await done('POST /exchanges/{sid}/replay', { path: { sid: exchanges[0].sid } });
  const { alerts } = await done('GET /alerts', { query: { resource: sent.sid } });
  const alert = await done('GET /alerts/{sid}', { path: { sid: alerts[0].sid } });
  assert.ok(alert.dialtone.signature.readings.length > 0);
  assert.equal((await done('GET /alerts/groups', { query: { level: 'error' } })).groups.length, 1);
  await done('GET /search', { query: { q: 'Hello' } });
  await done('GET /search', { query: { q: number } });
  await done('DELETE /handsets/{number}', { path: { number } });
});

test('events and waits', async () => {
  const { journal_position } = await done('GET /health', { auth: null });
  await server.text(server.handset, server.number, 'Your code is 123');
  const found = await done('GET /await', { query: { 'kind': 'message', 'body~': 'code is (\\d+)', 'after': journal_position } });
  assert.deepEqual(found.groups, ['123']);
  assert.equal((await ask('GET /await', { query: { kind: 'nothing', timeout: '0' } })).status, 408);
  asked.add('GET /events');
  const entry = operations.find((each) => each.name === 'GET /events').answers.get('200');
  let count = 0;
  for await (const { id, event, ...data } of server.events()) {
    assert.equal(validator.complaint(described, entry, data), null, JSON.stringify(data));
    assert.deepEqual([id, event], [String(data.position), data.kind]);
    if (data.position >= found.position) break;
    ++count;
  }
  assert.ok(count > 5);
});

test('caller IDs, short codes and opting out', async () => {
  const number = await server.newHandset();
  const request = await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/OutgoingCallerIds.json`, { form: { PhoneNumber: number } });
  assert.equal((await ask('POST /handsets/{number}/caller_id', { path: { number }, json: { code: '1' } })).status, 400);
  await done('POST /handsets/{number}/caller_id', { path: { number }, json: { code: request.json.validation_code } });
  await done('POST /short-codes', { json: { short_code: '55512' } });
  const sid = (await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'News' } })).json.sid;
  assert.equal((await done('GET /messaging-services/{sid}/opt-out', { path: { sid } })).enabled, false);
  assert.equal((await done('PUT /messaging-services/{sid}/opt-out', { path: { sid }, json: { stop: { keywords: ['BASTA'], answer: 'Bye' } } })).enabled, true);
  await done('DELETE /messaging-services/{sid}/opt-out', { path: { sid } });
});

test('registrations and domains for short links', async () => {
  const bundles = { CustomerProfileBundleSid: `BU${'0'.repeat(32)}`, A2PProfileBundleSid: `BU${'1'.repeat(32)}` };
  const { sid } = (await server.request('messaging', 'POST', '/v1/a2p/BrandRegistrations', { form: bundles })).json;
  const failed = await done('POST /registrations/{sid}', { path: { sid }, json: { status: 'FAILED', reason: 'No such company', error_code: 30795 } });
  assert.equal(failed.status, 'FAILED');
  assert.equal((await ask('POST /registrations/{sid}', { path: { sid }, json: { status: 'NICE' } })).status, 400);
  await done('POST /link-domains', { json: { name: 'links.example.com' } });
  assert.equal((await ask('POST /link-domains', { json: { name: 'nohost' } })).status, 400);
  assert.equal((await done('GET /link-domains')).domains.length, 1);
});

test('TwiML Bins, the catalogue, settings, signatures and resources', async () => {
  const json = { friendly_name: 'Echo', twiml: '<Response><Message>{{Body}}</Message></Response>' };
  const { sid } = await done('POST /bins', { json });
  assert.equal((await ask('POST /bins', { json: { ...json, twiml: '<Response>' } })).status, 400);
  assert.ok((await done('POST /bins/validate', { json: { twiml: '<Response><Massage/>' } })).findings.length > 0);
  await done('GET /bins');
  await done('GET /bins/{sid}', { path: { sid } });
  await done('POST /bins/{sid}', { path: { sid }, json: { friendly_name: 'Echo 2' } });
  await done('DELETE /bins/{sid}', { path: { sid } });
  const { operations: all } = await done('GET /catalogue', { auth: null });
  // One of each kind of body, and those with the deepest parameters.
  for (const wanted of ['api_v2010 CreateMessage', 'content_v1 CreateContent', 'studio_v2 CreateFlow', 'verify_v2 CreateService', 'api_v2010 ListMessage']) {
    const [document, operation] = all.find(([one, two]) => `${one} ${two}` === wanted);
    await done('GET /catalogue/{document}/{operation}', { path: { document, operation }, auth: null });
  }
  await done('GET /coverage', { auth: null });
  await done('GET /settings');
  assert.equal((await done('POST /settings', { json: { debugger_webhook: `${base()}/debugger`, webhook_tls: 'skip' } })).webhook_tls, 'skip');
  await done('POST /settings', { json: { debugger_webhook: null, webhook_tls: 'verify' } });
  await done('POST /signature/explain', { json: { url: `${base()}/sms`, params: { Body: 'Hi' }, signature: 'x' } });
  await done('POST /resources', { json: { url: `https://api.twilio.com/2010-04-01/Accounts/${server.sid}/Recordings.json`, properties: { duration: '3' } } });
});

test('what belongs to Verify', async () => {
  const { json } = await server.request('verify', 'POST', '/v2/Services', { form: { FriendlyName: 'Owl' } });
  const path = { sid: json.sid };
  await done('GET /verify-services/{sid}', { path });
  await done('POST /verify-services/{sid}', { path, json: { mailer: { from: 'codes@owl.example', templates: { one: { text: '{{twilio_code}}' } } } } });
  await server.request('verify', 'POST', `/v2/Services/${json.sid}/Verifications`, { form: { To: 'ada@example.com', Channel: 'email' } });
  assert.equal((await done('GET /mailboxes/{address}', { path: { address: 'ada@example.com' } })).mails.length, 1);
});

test('the report of removed handsets', async () => {
  const { json } = await server.request('messaging', 'GET', '/v1/Deactivations?Date=2026-01-31');
  const url = new URL(json.redirect_to);
  const [account, date] = url.pathname.split('/').slice(-2);
  await done('GET /deactivations/{account}/{date}', { path: { account, date }, query: Object.fromEntries(url.searchParams), auth: null });
  assert.equal((await ask('GET /deactivations/{account}/{date}', { path: { account, date }, auth: null })).status, 403);
});

test('the lab', async () => {
  await done('GET /clock');
  for (const each of ['freeze', 'resume', 'auto', 'resume']) await done(`POST /clock/${each}`, { json: {} });
  await done('POST /clock/advance', { json: { by: '5s' } });
  await done('POST /clock/set', { json: { time: new Date(Date.now() + 60_000).toISOString() } });
  assert.equal((await ask('POST /clock/advance', { json: { by: 'soon' } })).status, 400);
  const { sid } = await done('POST /faults', { json: { do: 'fail', to: '+1415*', from: '+1', code: 30005, status: 'failed', skip: 1, times: 2, probability: 0.5, seed: 3 } });
  await done('POST /faults', { json: { script: [{ do: 'status', status: 503 }, { do: 'pass' }, { do: 'slow', by: '1s' }], url: '*' } });
  assert.equal((await ask('POST /faults', { json: { do: 'nothing' } })).status, 400);
  await done('GET /faults');
  await done('GET /faults/{sid}', { path: { sid } });
  await done('DELETE /faults/{sid}', { path: { sid } });
  await done('DELETE /faults');
  const tenant = await done('POST /tenants', { json: { name: 'One', number: { SmsUrl: `${base()}/sms` } } });
  await done('GET /tenants');
  assert.equal((await ask('POST /tenants', { json: { numbers: 99 } })).status, 400);
  await done('DELETE /tenants/{sid}', { path: { sid: tenant.sid } });
  await done('POST /snapshots', { json: { name: 'one' } });
  await done('GET /snapshots');
  await done('POST /snapshots/{name}/restore', { path: { name: 'one' } });
  await done('DELETE /snapshots/{name}', { path: { name: 'one' } });
  assert.equal((await ask('DELETE /snapshots/{name}', { path: { name: 'one' } })).status, 404);
  await done('POST /reset');
});

test('nothing was left out', () => {
  assert.deepEqual(operations.map((each) => each.name).filter((each) => !asked.has(each)), []);
});
