// How the C++ library behaves on bad days: errors that pass, connections that break, answers that never come, proxies.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, test } from 'node:test';
import { Driver, driverSkip as skip } from './support/client.mjs';
import { Server } from './support/server.mjs';

const sid = `AC${'1'.repeat(32)}`;
const closing = [];
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close(); });

/** A server that answers by the functions given, in turn; the last one again and again. */
async function scripted(...answers) {
  const seen = [];
  const sockets = new Set();
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push({ method: request.method, target: request.url, headers: request.headers, body: Buffer.concat(chunks).toString(), socket: request.socket });
    answers[Math.min(seen.length, answers.length) - 1](response, request);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => { server.closeAllConnections(); return new Promise((done) => server.close(done)); });
  return { url: `http://127.0.0.1:${server.address().port}`, port: server.address().port, seen, sockets, server };
}

const answer = (status, body = '{}', headers = {}) => (response) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
const good = answer(201, JSON.stringify({ sid: 'SM1', status: 'queued' }));
const cut = (response, request) => request.socket.destroy();
const silent = () => {};

function drive(url, settings) {
  const driver = new Driver(url, sid, 'the secret token', settings);
  closing.push(() => driver.stop());
  return driver;
}
const create = (driver) => driver.call('api_v2010 CreateMessage', [sid], { To: '+15558675310', From: '+15005550006', Body: 'a private text' });
const fetch = (driver) => driver.call('api_v2010 FetchMessage', [sid, 'SM1'], {});

test('429 is tried again, also for a create, after the time that the API asks for', { skip }, async () => {
  const server = await scripted(answer(429, '{"code":20429,"message":"Too Many Requests"}', { 'Retry-After': '0' }), answer(429), good);
  const result = await create(drive(server.url, { options: { retries: 2 } }));
  assert.equal(result.typed.sid, 'SM1');
  assert.equal(server.seen.length, 3);
});

test('5xx is tried again for a fetch and not for a create, unless it is asked for', { skip }, async () => {
  const server = await scripted(answer(503), answer(500), good, answer(503), good);
  const driver = drive(server.url, { options: { retries: 2 } });
  assert.equal((await fetch(driver)).typed.sid, 'SM1');
  assert.equal((await create(driver)).error.status, 503);
  assert.equal(server.seen.length, 4);
  const again = await scripted(answer(503), good);
  assert.equal((await create(drive(again.url, { options: { retries: 2, repeat_creates: true } }))).typed.sid, 'SM1');
});

test('what is tried again has an end, and the last answer counts', { skip }, async () => {
  const server = await scripted(answer(429, '{"code":20429,"message":"Too Many Requests","more_info":"https://example.com"}'));
  const { error } = await fetch(drive(server.url, { options: { retries: 2 } }));
  assert.deepEqual([error.status, error.code, error.message], [429, 20429, 'Too Many Requests']);
  assert.equal(server.seen.length, 3);
});

test('a create whose answer was lost is not sent twice, and the error says that it may have happened', { skip }, async () => {
  const server = await scripted(cut, good);
  const { error } = await create(drive(server.url, { options: { retries: 3 } }));
  assert.deepEqual([error.reason, error.may_have_happened], ['broken', true]);
  assert.equal(server.seen.length, 1);
});

test('a fetch whose answer was lost is sent again', { skip }, async () => {
  const server = await scripted(cut, good);
  assert.equal((await fetch(drive(server.url, { options: { retries: 3 } }))).typed.sid, 'SM1');
});

test('an answer that never comes ends with the time limit', { skip }, async () => {
  const server = await scripted(silent);
  const { error } = await create(drive(server.url, { options: { timeout_ms: 200 } }));
  assert.equal(error.reason, 'timeout');
});

test('nobody there: nothing can have happened', { skip }, async () => {
  const { error } = await create(drive('http://127.0.0.1:1', { options: { retries: 1 } }));
  assert.deepEqual([error.reason, error.may_have_happened], ['connect', false]);
});

test('connections are used again, and one that the other side closed is not', { skip }, async () => {
  const server = await scripted(good);
  const driver = drive(server.url);
  for (let i = 0; i < 10; ++i) await create(driver);
  assert.equal(server.sockets.size, 1);
  const [socket] = server.sockets;
  const closed = once(socket, 'close');
  socket.end();
  await closed;
  assert.equal((await create(driver)).typed.sid, 'SM1');
  assert.equal(server.sockets.size, 2);
});

test('answers that are none: no JSON, another kind, no HTTP, the end too early', { skip }, async () => {
  const server = await scripted(answer(200, '<html>'), answer(200, '[]'), answer(500, '<html>oops'), (response, request) => request.socket.end('nonsense\r\n\r\n'),
    (response) => { response.writeHead(200, { 'Content-Length': '100' }).write('{'); response.socket.end(); });
  const driver = drive(server.url);
  assert.match((await fetch(driver)).error.message, /the answer cannot be read: not an object/);
  assert.match((await fetch(driver)).error.message, /not an object/);
  assert.deepEqual((await fetch(driver)).error, { status: 500, code: 0, message: 'HTTP status 500' });
  assert.equal((await fetch(driver)).error.reason, 'broken');
  assert.equal((await fetch(driver)).error.reason, 'broken');
});

test('region and edge go into the host name', { skip }, async () => {
  const server = await scripted(good);
  await create(drive(server.url, { options: { region: 'au1', edge: 'sydney' } }));
  assert.equal(server.seen[0].headers.host, 'api.sydney.au1.twilio.com');
});

test('an API key signs in for the account that it belongs to', { skip }, async () => {
  const server = await scripted(good);
  const driver = new Driver(server.url, `SK${'2'.repeat(32)}`, 'its secret', { options: { account_sid: sid } });
  closing.push(() => driver.stop());
  await create(driver);
  assert.equal(server.seen[0].headers.authorization, `Basic ${Buffer.from(`SK${'2'.repeat(32)}:its secret`).toString('base64')}`);
  assert.equal(server.seen[0].target, `/2010-04-01/Accounts/${sid}/Messages.json`);
});

test('the log has names and no values', { skip }, async () => {
  const server = await scripted(answer(503, '{}', { 'Twilio-Request-Id': 'RQ1' }), answer(200, '{"messages":[]}'));
  const driver = drive(server.url, { options: { retries: 1 }, env: { TWILIO_LOG_LEVEL: 'debug' } });
  await driver.call('api_v2010 ListMessage', [sid], { To: '+15558675310' });
  await driver.stop();
  assert.match(driver.errors, /twilio GET https:\/\/api\.twilio\.com\/2010-04-01\/Accounts\/AC1+\/Messages\.json\?To -> 503, RQ1/);
  assert.match(driver.errors, /-> 200, attempt 2/);
  for (const secret of ['secret', '15558675310', Buffer.from(`${sid}:the secret token`).toString('base64')]) assert.ok(!driver.errors.includes(secret));
});

test('a certificate that nobody vouches for is refused before anything is sent', { skip }, async () => {
  const server = await Server.start();
  closing.push(() => server.stop());
  const env = { HTTPS_PROXY: server.url };
  const refused = await create(drive('', { options: { direct: true, retries: 2 }, env }));
  assert.equal(refused.error.reason, 'tls');
  const trusted = await fetch(drive('', { options: { direct: true }, env: { ...env, SSL_CERT_FILE: server.caFile } }));
  assert.equal(trusted.error.status, 401, 'the token is not this server\'s');
});

test('a proxy is asked with the name and password of its address, and its refusal is told', { skip }, async () => {
  const asked = [];
  const proxy = http.createServer();
  proxy.on('connect', (request, socket) => {
    asked.push([request.url, request.headers['proxy-authorization']]);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  closing.push(() => new Promise((done) => proxy.close(done)));
  const driver = drive('', { options: { direct: true }, env: { https_proxy: `http://me:p%40ss@127.0.0.1:${proxy.address().port}` } });
  const { error } = await create(driver);
  assert.equal(error.reason, 'proxy');
  assert.match(error.message, /refuses api\.twilio\.com:443 with status 407/);
  assert.deepEqual(asked, [['api.twilio.com:443', `Basic ${Buffer.from('me:p@ss').toString('base64')}`]]);
});

test('a name in NO_PROXY goes straight', { skip }, async () => {
  const unused = net.createServer();
  unused.listen(0, '127.0.0.1');
  await once(unused, 'listening');
  let connections = 0;
  unused.on('connection', (socket) => { ++connections; socket.destroy(); });
  closing.push(() => new Promise((done) => unused.close(done)));
  const server = await scripted(good);
  await create(drive(server.url, { env: { HTTP_PROXY: `http://127.0.0.1:${unused.address().port}`, NO_PROXY: '127.0.0.1' } }));
  assert.deepEqual([connections, server.seen.length], [0, 1]);
});
