// Applications that cannot be reached, are slow, or refuse: fallbacks, alerts, and what one reads of them later.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
let secure;
let closedPort;
let silent;
let rude;
before(async () => {
  [server, hooks] = await Promise.all([Server.start(), Hooks.start()]);
  const certificate = join(server.folder, 'cert.pem');
  const key = join(server.folder, 'key.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', certificate,
    '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  secure = await Hooks.start({ tls: { key: readFileSync(key), cert: readFileSync(certificate) } });
  const closed = net.createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  closedPort = closed.address().port;
  await new Promise((done) => closed.close(done));
  silent = net.createServer().listen(0, '127.0.0.1');
  rude = net.createServer((socket) => { socket.once('data', () => socket.end('this is no HTTP\r\n\r\n')); socket.on('error', () => {}); }).listen(0, '127.0.0.1');
  await Promise.all([once(silent, 'listening'), once(rude, 'listening')]);
});
after(async () => {
  silent.close();
  rude.close();
  await Promise.all([server.stop(), hooks.close(), secure.close()]);
});

const rows = [
  ['refused', () => `http://127.0.0.1:${closedPort}/x`, '11202'],
  ['no such host', () => 'http://no-such-host.invalid/x', '11210'],
  ['silence', () => `http://127.0.0.1:${silent.address().port}/x#tt=300`, '11203'],
  ['no HTTP', () => `http://127.0.0.1:${rude.address().port}/x`, '11206'],
  ['a certificate of nobody', () => secure.url('/x'), '11237'],
  ['TLS where there is none', () => hooks.url('/x').replace('http:', 'https:'), '11220'],
  ['404', () => hooks.on('/404', { status: 404, headers: { 'X-Why': 'because' }, body: 'gone fishing' }), '11200'],
  ['500', () => hooks.on('/500', { status: 500, body: 'oh' }), '11200'],
  ['a redirect in a circle', () => hooks.on('/circle', { status: 302, headers: { Location: '/circle' } }), '11215'],
  ['an edge that is none', () => `${hooks.url('/x')}#e=moon`, '11240'],
  ['a retry policy that is none', () => `${hooks.url('/x')}#rp=never`, '11243'],
  ['a broken document', () => hooks.on('/broken', { headers: { 'Content-Type': 'text/xml' }, body: '<' }), '12100'],
];

test('every failure is told to the fallback and becomes an alert', { timeout: 60_000 }, async () => {
  await Promise.all(rows.map(async ([name, makeUrl, code], i) => {
    const url = makeUrl();
    const fallback = `/fallback${i}`;
    hooks.on(fallback, twiml(`<Message>fallback ${i}</Message>`));
    const number = await server.newNumber({ SmsUrl: url, SmsFallbackUrl: hooks.url(fallback), SmsFallbackMethod: i % 2 ? 'GET' : 'POST' });
    const phone = await server.newHandset();
    const { sid } = await server.text(phone, number.phone_number, 'Hello');
    const asked = await hooks.next(fallback);
    assert.equal(asked.params.ErrorCode, code, name);
    assert.equal(asked.params.ErrorUrl, url, name);
    assert.equal(asked.params.MessageSid, sid);
    assert.equal(asked.method, i % 2 ? 'GET' : 'POST');
    assert.ok(hooks.isSigned(asked, server.token));
    assert.equal((await server.waitForMessage(phone)).body, `fallback ${i}`);
    const alerts = await server.alertsOf(sid);
    assert.deepEqual(alerts.map((each) => each.error_code), [code], name);
    assert.equal(alerts[0].log_level, 'error');
    assert.ok(alerts[0].dialtone.message.length > 10, name);
    if (!['11240', '11243'].includes(code)) assert.ok(alerts[0].dialtone.explanation.length > 10, name);
  }));
});

test('a fallback that fails as well adds an alert; without one there is just the first', { timeout: 60_000 }, async () => {
  const url = `http://127.0.0.1:${closedPort}/x`;
  const phone = await server.newHandset();
  for (const [more, codes] of [[{}, ['11202']], [{ SmsFallbackUrl: hooks.on('/bad', { status: 503 }) }, ['11202', '11200']]]) {
    const number = await server.newNumber({ SmsUrl: url, ...more });
    const { sid } = await server.text(phone, number.phone_number, 'Hello');
    assert.deepEqual((await server.alertsOf(sid)).map((each) => each.error_code), codes);
  }
});

test('retries as the fragment says, with one token', { timeout: 60_000 }, async () => {
  let tries = 0;
  const url = hooks.on('/third', () => (++tries < 3 ? { status: 503 } : twiml('<Message>at last</Message>')));
  const number = await server.newNumber({ SmsUrl: `${url}#rc=3&rp=5xx` });
  const phone = await server.newHandset();
  await server.text(phone, number.phone_number, 'Hello');
  assert.equal((await server.waitForMessage(phone)).body, 'at last');
  const asked = await hooks.all('/third', 3);
  assert.equal(new Set(asked.map((each) => each.headers['i-twilio-idempotency-token'])).size, 1);
  for (const each of asked) assert.ok(hooks.isSigned(each, server.token));
});

test('user and password are sent when asked for, and not signed', { timeout: 60_000 }, async () => {
  const wanted = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
  const guarded = (inside) => (request) => (request.headers.authorization === wanted ? twiml(inside)
    : { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="app"' } });
  hooks.on('/guarded/sms', guarded('<Redirect>next</Redirect>'));
  hooks.on('/guarded/next', guarded('<Message>let in</Message>'));
  const number = await server.newNumber({ SmsUrl: hooks.url('/guarded/sms').replace('//', '//me:pass%20word@') });
  const phone = await server.newHandset();
  const { sid } = await server.text(phone, number.phone_number, 'Hello');
  assert.equal((await server.waitForMessage(phone)).body, 'let in');
  const [first, second] = await hooks.all('/guarded/sms', 2);
  assert.equal(first.headers.authorization, undefined);
  assert.ok(hooks.isSigned(first, server.token) && hooks.isSigned(second, server.token));
  assert.deepEqual(await server.alertsOf(sid), []);
});

test('status callbacks that are refused are warnings', { timeout: 60_000 }, async () => {
  const client = server.twilio();
  const rejected = hooks.on('/refused', { status: 500, body: 'no' });
  for (const [url, codes] of [[rejected, ['15003', '15003']], [`http://127.0.0.1:${closedPort}/x`, ['11202', '11202']],
    [hooks.on('/chunked', (request) => { request.response.writeHead(200, { 'Transfer-Encoding': 'chunked' }); request.response.end(); }), []]]) {
    const { sid } = await client.messages.create({ to: server.handset, from: server.number, body: 'x', statusCallback: url });
    let told = 0;
    for await (const each of server.events({ kind: 'webhook.completed' })) if (each.subject === sid && ++told === 2) break;
    const alerts = await client.monitor.v1.alerts.list();
    const ours = alerts.filter((each) => each.resourceSid === sid);
    assert.deepEqual(ours.map((each) => each.errorCode), codes);
    for (const each of ours) assert.equal(each.logLevel, each.errorCode === '15003' ? 'warning' : 'error');
  }
});

test('alerts over monitor.twilio.com', { timeout: 60_000 }, async () => {
  const client = server.twilio();
  const number = await server.newNumber({ SmsUrl: hooks.on('/watched', { status: 404, headers: { 'X-Why': 'because' }, body: 'gone fishing' }) });
  const phone = await server.newHandset();
  const { sid } = await server.text(phone, number.phone_number, 'Look here');
  await server.alertsOf(sid);
  const listed = (await client.monitor.v1.alerts.list({ logLevel: 'error' })).find((each) => each.resourceSid === sid);
  const alert = await client.monitor.v1.alerts(listed.sid).fetch();
  assert.match(alert.sid, /^NO[0-9a-f]{32}$/);
  assert.equal(alert.accountSid, server.sid);
  assert.equal(alert.errorCode, '11200');
  assert.equal(alert.logLevel, 'error');
  assert.equal(alert.requestMethod, 'POST');
  assert.equal(alert.requestUrl, hooks.url('/watched'));
  assert.equal(new URLSearchParams(alert.requestVariables).get('Body'), 'Look here');
  assert.ok(new URLSearchParams(alert.requestHeaders).get('X-Twilio-Signature'));
  assert.equal(new URLSearchParams(alert.responseHeaders).get('X-Why'), 'because');
  assert.equal(alert.responseBody, 'gone fishing');
  const text = new URLSearchParams(alert.alertText);
  assert.equal(text.get('ErrorCode'), '11200');
  assert.equal(text.get('httpResponse'), '404');
  assert.equal(text.get('url'), hooks.url('/watched'));
  assert.equal(text.get('LogLevel'), 'ERROR');
  assert.ok(alert.dateCreated instanceof Date);
  const day = 86_400_000;
  const among = async (filter) => (await client.monitor.v1.alerts.list(filter)).some((each) => each.sid === alert.sid);
  assert.ok(!await among({ logLevel: 'warning' }));
  assert.ok(await among({ startDate: new Date(Date.now() - day) }));
  assert.ok(!await among({ startDate: new Date(Date.now() + day) }));
  assert.ok(!await among({ endDate: new Date(Date.now() - 2 * day) }));
  await assert.rejects(client.monitor.v1.alerts(`NO${'0'.repeat(32)}`).fetch(), { status: 404 });
});

test('each failure and each text is one line of the log', { timeout: 60_000 }, async () => {
  const noisy = await Server.start({ logLevel: 'info' });
  const number = await noisy.newNumber({ SmsUrl: `http://127.0.0.1:${closedPort}/x` });
  const { sid } = await noisy.text(noisy.handset, number.phone_number, 'a secret text');
  await noisy.alertsOf(sid);
  await noisy.stop();
  const lines = noisy.errors.trim().split('\n').filter((line) => line.includes(sid));
  assert.equal(lines.length, 2, noisy.errors);
  assert.match(lines[0], /info message\.received/);
  assert.match(lines[1], /warning alert code=11202 .*127\.0\.0\.1/);
  assert.ok(!noisy.errors.includes('a secret text') && !noisy.errors.includes(noisy.token));
});
