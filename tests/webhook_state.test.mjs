// What webhooks remember and what an account sets for them: cookies, certificates, the debugger.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
let secure;
before(async () => {
  [server, hooks] = await Promise.all([Server.start(), Hooks.start()]);
  const certificate = join(server.folder, 'cert.pem');
  const key = join(server.folder, 'key.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', certificate,
    '-days', '2', '-subj', '/CN=elsewhere'], { stdio: 'ignore' });
  secure = await Hooks.start({ tls: { key: readFileSync(key), cert: readFileSync(certificate) } });
});
after(() => Promise.all([server.stop(), hooks.close(), secure.close()]));

const settings = (json) => server.control('POST', '/settings', { json });

test('cookies carry a conversation and belong to it alone', async () => {
  hooks.on('/cookie', (request) => {
    const step = Number(/step=(\d+)/.exec(request.headers.cookie ?? '')?.[1] ?? 0) + 1;
    return { headers: { 'Content-Type': 'text/xml', 'Set-Cookie': `step=${step}` }, body: twiml(`<Message>step ${step}</Message>`) };
  });
  const number = (await server.newNumber({ SmsUrl: hooks.url('/cookie') })).phone_number;
  const [one, two] = [await server.newHandset(), await server.newHandset()];
  for (const step of [1, 2, 3]) {
    await server.text(one, number, 'next');
    await server.waitForMessage(one, { body: `step ${step}` });
  }
  await server.text(two, number, 'first');
  await server.waitForMessage(two, { body: 'step 1' });
});

test('certificates are checked unless the account says otherwise', async () => {
  secure.on('/tls', twiml('<Message>secure</Message>'));
  const number = (await server.newNumber({ SmsUrl: secure.url('/tls') })).phone_number;
  const phone = await server.newHandset();
  const first = await server.text(phone, number, 'a');
  assert.deepEqual((await server.alertsOf(first.sid)).map((each) => each.error_code), ['11237']);
  assert.equal((await settings({ webhook_tls: 'skip' })).json.webhook_tls, 'skip');
  await server.text(phone, number, 'b');
  await server.waitForMessage(phone, { body: 'secure' });
  assert.equal((await settings({ webhook_tls: 'verify' })).json.webhook_tls, 'verify');
  const third = await server.text(phone, number, 'c');
  assert.deepEqual((await server.alertsOf(third.sid)).map((each) => each.error_code), ['11237']);
});

test('--webhook-tls skip accepts any certificate', async () => {
  const lenient = await Server.start({ args: ['--webhook-tls', 'skip'] });
  try {
    secure.on('/any', twiml('<Message>any</Message>'));
    const number = (await lenient.newNumber({ SmsUrl: secure.url('/any') })).phone_number;
    await lenient.text(lenient.handset, number, 'a');
    await lenient.waitForMessage(lenient.handset, { body: 'any' });
  } finally {
    await lenient.stop();
  }
});

test('the debugger webhook is told of each alert', async () => {
  hooks.on('/debugger', { status: 204 });
  hooks.on('/gone', { status: 410, headers: { 'X-Why': 'moved' }, body: 'gone' });
  assert.equal((await settings({ debugger_webhook: hooks.url('/debugger') })).json.debugger_webhook, hooks.url('/debugger'));
  const number = (await server.newNumber({ SmsUrl: hooks.url('/gone') })).phone_number;
  const inbound = await server.text(server.handset, number, 'hello');
  const told = await hooks.next('/debugger', (each) => each.params.Payload.includes(inbound.sid));
  assert.ok(hooks.isSigned(told, server.token));
  const { Sid, AccountSid, Level, PayloadType, Timestamp } = told.params;
  assert.deepEqual([AccountSid, Level, PayloadType], [server.sid, 'Error', 'application/json']);
  assert.match(Sid, /^NO/);
  assert.match(Timestamp, /^\d{4}-\d\d-\d\dT/);
  const payload = JSON.parse(told.params.Payload);
  assert.deepEqual([payload.resource_sid, payload.error_code, payload.service_sid], [inbound.sid, '11200', null]);
  assert.deepEqual([payload.webhook.request.url, payload.webhook.request.method, payload.webhook.request.parameters.Body], [hooks.url('/gone'), 'POST', 'hello']);
  assert.deepEqual([payload.webhook.response.status_code, payload.webhook.response.headers['X-Why'], payload.webhook.response.body], [410, 'moved', 'gone']);
  assert.equal(payload.more_info.LogLevel, 'ERROR');
  assert.equal((await server.twilio().monitor.v1.alerts(Sid).fetch()).resourceSid, inbound.sid);
  assert.equal((await settings({ debugger_webhook: null })).json.debugger_webhook, null);
});

test('settings that are none are refused', async () => {
  for (const json of [{ debugger_webhook: 'nowhere' }, { debugger_webhook: 3 }, { webhook_tls: 'maybe' }, { other: 1 }]) {
    const answer = await settings(json);
    assert.deepEqual([answer.status, answer.json.code], [400, 20001], JSON.stringify(json));
  }
  assert.deepEqual((await server.control('GET', '/settings')).json, { account_sid: server.sid, debugger_webhook: null, webhook_tls: 'verify' });
});
