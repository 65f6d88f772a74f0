// Whatever is sent, the answer is well-formed and the program lives on.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let base;
before(async () => {
  server = await Server.start();
  base = `/2010-04-01/Accounts/${server.sid}`;
});
after(async () => {
  const { code, signal } = await server.stop();
  assert.deepEqual([code, signal], [0, null]);
});

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const strict = new TextDecoder('utf-8', { fatal: true });

function isWellFormed(answer, what) {
  assert.ok(answer.status >= 200 && answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
  const text = strict.decode(answer.bytes);  // throws unless it is UTF-8
  if (text !== '') JSON.parse(text);
}

test('bytes that are no UTF-8 come back as replacement characters', async () => {
  for (const [bytes, shown] of [['%FF', '\ufffd'], ['a%C3', 'a\ufffd'], ['%ED%A0%80', '\ufffd\ufffd\ufffd'], ['%F0%9F%98%80', '😀'], ['%C0%AF', '\ufffd\ufffd'], ['x%00y', 'x\0y'], ['%0d%0a%1b', '\r\n\x1b']]) {
    const made = await server.request('api', 'POST', `${base}/Queues.json`, { body: `FriendlyName=${bytes}`, headers: form });
    isWellFormed(made, bytes);
    assert.equal(made.json.friendly_name, shown, bytes);
    isWellFormed(await server.request('api', 'GET', `${base}/Queues.json?FriendlyName=${bytes}&x=${bytes}`), bytes);
    isWellFormed(await server.request('sync', 'POST', '/v1/Services', { body: `FriendlyName=${bytes}&${bytes}=1`, headers: form }), bytes);
    isWellFormed(await server.request('api', 'POST', `${base}/Messages.json`, { body: `To=${bytes}&From=${bytes}&Body=${bytes}`, headers: form }), bytes);
  }
});

test('strange names in a path find nothing, or what bears them', async () => {
  const service = (await server.request('sync', 'POST', '/v1/Services', { form: {} })).json.sid;
  const documents = `/v1/Services/${service}/Documents`;
  for (const name of ['%FF', '%00', '%2F', '%23', '..', '%2e%2e', '%2F..%2F', 'a'.repeat(6000), '%E2%80%AE', '%', '%zz', '{Sid}', '"', "'", '%22%5C', '~', '%0A']) {
    isWellFormed(await server.request('sync', 'GET', `${documents}/${name}`), name);
    isWellFormed(await server.request('sync', 'DELETE', `${documents}/${name}`), name);
    isWellFormed(await server.request('api', 'GET', `/2010-04-01/Accounts/${name}/Messages.json`), name);
    isWellFormed(await server.request('api', 'GET', `${base}/Messages/${name}.json`), name);
  }
  for (const name of ['a b', 'ü', 'a+b', 'a%b', '"quoted"', '{x}', 'a;b', 'x\u0000y'.replace('\u0000', '')]) {
    const made = await server.request('sync', 'POST', documents, { form: { UniqueName: name } });
    assert.equal(made.status, 201, made.text);
    const found = await server.request('sync', 'GET', `${documents}/${encodeURIComponent(name)}`);
    assert.equal(found.json.sid, made.json.sid, name);
  }
  const item = await server.request('sync', 'POST', `/v1/Services/${service}/Maps`, { form: { UniqueName: 'm' } });
  const key = await server.request('sync', 'POST', `/v1/Services/${service}/Maps/${item.json.sid}/Items`, { form: { Key: 'ä "x" ?', Data: '{}' } });
  assert.ok(key.json.url.endsWith('/Items/%C3%A4%20%22x%22%20%3F'), key.json.url);
  const path = new URL(key.json.url).pathname;
  assert.equal((await server.request('sync', 'GET', path)).json.key, 'ä "x" ?');
});

test('bytes above ASCII in the request line are refused or answered well', async () => {
  const answer = await new Promise((done, failed) => {
    const request = http.request({ host: '127.0.0.1', port: server.port, path: '/x', headers: { Host: 'api.localhost', Authorization: server.authorization } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => done({ status: response.statusCode, bytes: Buffer.concat(chunks), text: '' }));
    });
    request.path = `${base}/Messages/\xff\xfe\xc3.json`;
    request.on('error', failed);
    request.end();
  });
  isWellFormed(answer, 'bytes');
});

test('deep and large JSON is kept or refused', async () => {
  const nested = (depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const service = (await server.request('sync', 'POST', '/v1/Services', { form: {} })).json.sid;
  for (const depth of [1, 20, 31, 40, 60, 62, 64, 65, 1000, 100_000]) {
    const answer = await server.request('sync', 'POST', `/v1/Services/${service}/Documents`, { form: { Data: nested(depth) } });
    isWellFormed(answer, `depth ${depth}`);
    if (answer.status !== 201) continue;
    const fetched = await server.request('sync', 'GET', `/v1/Services/${service}/Documents/${answer.json.sid}`);
    assert.deepEqual(fetched.json, answer.json);
    if (depth <= 60) assert.equal(JSON.stringify(fetched.json.data), nested(depth));
  }
  for (const value of ['1e400', '-0', '123456789012345678901234567890', '"\\ud800"', '{"a":1,"a":2}', 'NaN', '[[],{}]', '"\\u0000"']) {
    isWellFormed(await server.request('sync', 'POST', `/v1/Services/${service}/Documents`, { form: { Data: value } }), value);
  }
  isWellFormed(await server.request('sync', 'GET', `/v1/Services/${service}/Documents`), 'the list of all that');
});

test('long values and many of them', async () => {
  const long = 'x'.repeat(1 << 20);
  isWellFormed(await server.request('api', 'POST', `${base}/Queues.json`, { form: { FriendlyName: long } }), 'long');
  isWellFormed(await server.request('taskrouter', 'POST', '/v1/Workspaces', { form: { FriendlyName: 'w', EventCallbackUrl: long, EventsFilter: long } }), 'long');
  const repeated = Array.from({ length: 900 }, (_, i) => ['StatusCallbackEvent', `e${i}`]);
  isWellFormed(await server.request('api', 'POST', `${base}/Calls.json`, { form: [['To', '+1'], ['From', '+1'], ...repeated] }), 'repeated');
  isWellFormed(await server.request('api', 'GET', `${base}/Queues.json?${'FriendlyName='.repeat(3000)}`), 'query');
});

test('the program is well', async () => {
  assert.equal((await server.control('GET', '/health')).json.status, 'ok');
});
