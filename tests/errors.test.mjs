import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let base;
before(async () => {
  server = await Server.start();
  base = `/2010-04-01/Accounts/${server.sid}`;
});
after(async () => { await server.stop(); });

function isEnvelope(answer, status, code, message) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json?.code, code, answer.text);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.more_info, `https://www.twilio.com/docs/errors/${code}`);
  if (message) assert.match(answer.json.message, message);
  assert.match(answer.headers['content-type'], /^application\/json/);
}

test('a required parameter that is missing is named', async () => {
  isEnvelope(await server.request('chat', 'POST', '/v2/Services', { form: {} }), 400, 20001, /^Missing required parameter FriendlyName in the post body$/);
  isEnvelope(await server.request('api', 'POST', `${base}/Queues.json`, { form: {} }), 400, 20001, /FriendlyName/);
  isEnvelope(await server.request('memory', 'POST', '/v1/ControlPlane/Stores', { json: {} }), 400, 20001, /displayName/);
});

test('a parameter that does not fit is named', async () => {
  isEnvelope(await server.request('api', 'POST', `${base}/Queues.json`, { form: { FriendlyName: 'q', MaxSize: 'many' } }), 400, 20001, /MaxSize/);
  isEnvelope(await server.request('api', 'GET', `${base}/Calls.json?Status=asleep`), 400, 20001, /Status/);
  isEnvelope(await server.request('taskrouter', 'POST', '/v1/Workspaces', { form: { FriendlyName: 'w', MultiTaskEnabled: 'maybe' } }), 400, 20001, /MultiTaskEnabled/);
  for (const value of ['nan', 'inf', '-inf', '']) {
    isEnvelope(await server.request('flex-api', 'POST', '/v1/Insights/QualityManagement/Assessments/Comments',
      { form: { CategoryId: 'c', CategoryName: 'c', Comment: 'c', SegmentId: 's', AgentId: 'a', Offset: value } }), 400, 20001, /Offset/);
  }
});

test('what is not there is 20404, with its path', async () => {
  const path = `${base}/Messages/SM${'0'.repeat(32)}.json`;
  isEnvelope(await server.request('api', 'GET', path), 404, 20404, /^The requested resource \/2010-04-01\/.*\.json was not found$/);
  isEnvelope(await server.request('api', 'GET', '/2010-04-01/Nothing.json'), 404, 20404);
  isEnvelope(await server.request('verify', 'GET', '/v9/Services'), 404, 20404);
  isEnvelope(await server.request('verify', 'DELETE', `/v2/Services/VA${'0'.repeat(32)}`), 404, 20404);
  isEnvelope(await server.request('verify', 'GET', '/v2/Services/a%00b'), 404, 20404);
});

test('a method that the resource has not is 20004, and the answer says which it has', async () => {
  const answer = await server.request('api', 'DELETE', `${base}/Messages.json`);
  isEnvelope(answer, 405, 20004, /not allowed/i);
  assert.equal(answer.headers.allow, 'GET, HEAD, POST');
  isEnvelope(await server.request('sync', 'PATCH', '/v1/Services'), 405, 20004);
  isEnvelope(await server.request('sync', 'BREW', '/v1/Services'), 405, 20004);
});

test('PUT updates in the 2010 API', async () => {
  const queue = (await server.request('api', 'POST', `${base}/Queues.json`, { form: { FriendlyName: 'a' } })).json;
  const answer = await server.request('api', 'PUT', `${base}/Queues/${queue.sid}.json`, { form: { FriendlyName: 'b' } });
  assert.deepEqual([answer.status, answer.json.friendly_name], [200, 'b']);
});

test('a body that cannot be read is refused', async () => {
  const json = (body, type = 'application/json') => server.request('memory', 'POST', '/v1/ControlPlane/Stores', { body, headers: { 'Content-Type': type } });
  for (const body of ['{', '{"a":}', '[1,]', 'null x', '{"displayName": "\xff"', '\u0000', `${'['.repeat(100)}${']'.repeat(100)}`]) isEnvelope(await json(body), 400, 20001);
  isEnvelope(await json(Buffer.from([0x22, 0xff, 0x22])), 400, 20001);
  isEnvelope(await json('[]'), 400, 20001);
  isEnvelope(await json('{"displayName": "a"}', 'text/plain'), 415, 20415);
});

test('a percent sign that encodes nothing stands for itself', async () => {
  const answer = await server.request('api', 'POST', `${base}/Queues.json`, { body: 'FriendlyName=100%&MaxSize=%35', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.deepEqual([answer.status, answer.json.friendly_name, answer.json.max_size], [201, '100%', 5]);
});

test('a body of another type holds no fields: what is required is missing, else the type is refused', async () => {
  isEnvelope(await server.request('chat', 'POST', '/v2/Services', { json: { FriendlyName: 'x' } }), 400, 20001, /^Missing required parameter FriendlyName/);
  isEnvelope(await server.request('sync', 'POST', '/v1/Services', { json: { FriendlyName: 'x' } }), 415, 20415, /application\/json/);
  isEnvelope(await server.request('sync', 'POST', '/v1/Services', { body: 'x', headers: { 'Content-Type': 'text/plain' } }), 415, 20415);
});

test('a form may come in parts; parts that are not whole are refused', async () => {
  const parts = (body) => server.request('sync', 'POST', '/v1/Services', { body, headers: { 'Content-Type': 'multipart/form-data; boundary=x' } });
  const made = await parts('--x\r\nContent-Disposition: form-data; name="FriendlyName"\r\n\r\nin parts\r\n--x--\r\n');
  assert.deepEqual([made.status, made.json.friendly_name], [201, 'in parts']);
  isEnvelope(await parts('x'), 400, 20001, /multipart/);
});

test('a body over the limit is refused', async () => {
  // Refused by its announced length, so none of it has to be sent.
  const reply = await new Promise((done) => {
    const socket = net.connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => { text += data; });
    socket.on('close', () => done(text));
    socket.on('error', () => {});
    socket.write(`POST /v1/Services HTTP/1.1\r\nHost: sync.localhost\r\nAuthorization: ${server.authorization}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${(32 << 20) + 1}\r\n\r\n`);
  });
  assert.match(reply, /^HTTP\/1\.1 413 /);
  const body = JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')));
  assert.deepEqual([body.code, body.status, body.more_info], [20413, 413, 'https://www.twilio.com/docs/errors/20413']);
  const large = await server.request('sync', 'POST', '/v1/Services', { body: `FriendlyName=${'a'.repeat((32 << 20) - 13)}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.equal(large.status, 201);
});

test('too many parameters are refused', async () => {
  const body = 'a=b&'.repeat(100_000);
  isEnvelope(await server.request('sync', 'POST', '/v1/Services', { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }), 400, 20001);
});

test('the 2010 API answers in XML where the path has no .json', async () => {
  await server.request('api', 'POST', `${base}/Queues.json`, { form: { FriendlyName: 'a < b & "c"' } });
  for (const extension of ['', '.xml']) {
    const list = await server.request('api', 'GET', `${base}/Queues${extension}?PageSize=1`);
    assert.equal(list.status, 200);
    assert.match(list.headers['content-type'], /^application\/xml/);
    assert.match(list.text, /^<\?xml version='1\.0' encoding='UTF-8'\?>\n<TwilioResponse><Queues [^>]*page="0"[^>]*><Queue><Sid>QU|<TwilioResponse><Queues [^>]*pagesize="1"/);
    assert.match(list.text, /<FriendlyName>a &lt; b &amp; &quot;c&quot;<\/FriendlyName>/);
    assert.match(list.text, /<\/Queue><\/Queues><\/TwilioResponse>$/);
    const missing = await server.request('api', 'GET', `${base}/Queues/QU${'0'.repeat(32)}${extension}`);
    assert.equal(missing.status, 404);
    assert.match(missing.text, /<TwilioResponse><RestException><Code>20404<\/Code><Message>.*<\/Message><MoreInfo>.*<\/MoreInfo><Status>404<\/Status><\/RestException><\/TwilioResponse>$/);
  }
  const refused = await server.request('api', 'GET', `${base}/Queues`, { auth: null });
  assert.deepEqual([refused.status, /<Code>20003</.test(refused.text)], [401, true]);
});

test('HEAD answers as GET would, without the body, and the connection goes on', async () => {
  const reply = await new Promise((done) => {
    const socket = net.connect(server.port, '127.0.0.1');
    const lines = (method, more) => `${method} ${base}/Queues.json HTTP/1.1\r\nHost: api.localhost\r\nAuthorization: ${server.authorization}\r\n${more}\r\n`;
    let text = '';
    socket.on('data', (data) => { text += data; });
    socket.on('end', () => done(text));
    socket.write(lines('HEAD', '') + lines('OPTIONS', 'Connection: close\r\n'));
  });
  const [head, options, none] = reply.split(/(?=HTTP\/1\.1 )/);
  assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(head, /\r\nContent-Length: [1-9]\d*\r\n/i);
  assert.match(head, /\r\n\r\n$/);
  assert.match(options, /^HTTP\/1\.1 204 /);
  assert.equal(none, undefined);
});

test('browsers may ask: OPTIONS needs no credentials, and every answer allows other origins', async () => {
  const options = await server.request('sync', 'OPTIONS', '/v1/Services', { auth: null });
  assert.equal(options.status, 204);
  assert.equal(options.headers['access-control-allow-origin'], '*');
  assert.match(options.headers['access-control-allow-methods'], /GET.*POST.*DELETE/);
  assert.match(options.headers['access-control-allow-headers'], /Authorization/);
  for (const auth of [null, server.authorization]) {
    const answer = await server.request('sync', 'GET', '/v1/Services', { auth });
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.match(answer.headers['twilio-request-id'], /^RQ[0-9a-f]{32}$/);
  }
});

test('the hosts of edges and regions are answered, by Host and by TLS name', async () => {
  for (const host of ['api.twilio.com', 'api.dublin.ie1.twilio.com', 'api.ie1.twilio.com', 'API.Twilio.com', 'api.sydney.us1.twilio.com:443']) {
    const answer = await server.request(null, 'GET', `${base}/Queues.json`, { headers: { Host: host } });
    assert.equal(answer.status, 200, host);
  }
  const sync = await server.request(null, 'GET', '/v1/Services', { headers: { Host: 'sync.dublin.ie1.twilio.com' } });
  assert.equal(sync.json.meta.url, 'https://sync.dublin.ie1.twilio.com/v1/Services?PageSize=50&Page=0');
  const status = await new Promise((done, failed) => https.get({ host: '127.0.0.1', port: server.port, servername: 'api.dublin.ie1.twilio.com',
    path: `${base}/Queues.json`, headers: { Host: 'api.dublin.ie1.twilio.com', Authorization: server.authorization }, ca: readFileSync(server.caFile) },
  (response) => { response.resume(); done(response.statusCode); }).on('error', failed));
  assert.equal(status, 200);
  const client = server.twilio('twilio', server.sid, server.token, { edge: 'dublin', region: 'ie1' });
  assert.ok(Array.isArray(await client.queues.list()));
  isEnvelope(await server.request(null, 'GET', '/', { headers: { Host: 'nothing.twilio.com' } }), 404, 20404);
});

test('a plain request to the 2010 path is one to the api host, and *.localhost is the product', async () => {
  assert.equal((await server.request(null, 'GET', `${base}/Queues.json`)).status, 200);
  for (const product of ['api', 'sync', 'verify', 'flex-api']) {
    assert.notEqual((await server.request(product, 'GET', '/', { auth: null })).status, 200);
    assert.equal((await server.request(product, 'GET', '/', { auth: null })).json.code, 20003);
  }
});
