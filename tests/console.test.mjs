// The console's server side: its files, its login, and that what its cookie allows cannot be had by other sites.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Server } from './support/server.mjs';

let server;
let open;  // bound to all addresses, so it asks for a login
before(async () => {
  server = await Server.start();
  open = await Server.start({ args: ['--bind', '0.0.0.0'] });
});
after(() => Promise.all([server.stop(), open.stop()]));

const get = (path, headers = {}, of = server) => of.request(null, 'GET', path, { auth: null, headers });
const cookieOf = (answer) => answer.headers['set-cookie'][0].split(';')[0];

async function logIn(of = server) {
  const answer = of === server ? await get('/_console/session')
    : await of.request(null, 'POST', '/_console/session', { auth: null, json: { account_sid: of.sid, auth_token: of.token } });
  assert.equal(answer.status, 200, answer.text);
  return { cookie: cookieOf(answer), token: answer.json.token, answer };
}

test('the page comes with a strict policy and a nonce of its own', async () => {
  const first = await get('/');
  assert.equal(first.status, 200);
  assert.match(first.headers['content-type'], /text\/html/);
  const policy = first.headers['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /https?:|\*|unsafe/, 'nothing comes from elsewhere');
  const nonce = /'nonce-(\w+)'/.exec(policy)[1];
  assert.match(first.text, new RegExp(`content="${nonce}"`));
  assert.notEqual((await get('/')).headers['content-security-policy'], policy);
  assert.equal((await get('/logs/messages')).status, 200, 'every page of the console is the same document');
  assert.equal((await get('/no.such.file.js')).status, 404);
});

test('files come compressed, with an ETag that spares sending them again, and plain to those who want it', async () => {
  const file = /src="(\/assets\/[^"]+\.js)"/.exec((await get('/')).text)[1];
  const zipped = await get(file, { 'Accept-Encoding': 'gzip, br' });
  assert.equal(zipped.headers['content-encoding'], 'gzip');
  assert.match(zipped.headers['cache-control'], /immutable/);
  const plain = await get(file, { 'Accept-Encoding': 'identity' });
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.deepEqual(gunzipSync(zipped.bytes), plain.bytes);
  const again = await get(file, { 'If-None-Match': zipped.headers.etag });
  assert.equal(again.status, 304);
  assert.equal(again.bytes.length, 0);
});

test('the first load stays below 300 kB compressed', async () => {
  const page = (await get('/')).text;
  let total = gzipSync(page).length;
  for (const [, file] of page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) total += (await get(file, { 'Accept-Encoding': 'gzip' })).bytes.length;
  assert.ok(total > 50_000 && total < 300_000, `${total} bytes`);
});

test('on loopback a session opens by itself, with a cookie that scripts and other sites do not get', async () => {
  const { answer } = await logIn();
  const [cookie] = answer.headers['set-cookie'];
  assert.match(cookie, /; HttpOnly/);
  assert.match(cookie, /; SameSite=Strict/);
  assert.equal(answer.json.account_sid, server.sid);
  assert.equal(answer.json.opened_by_itself, true);
  assert.equal(answer.json.auth_token, undefined);
});

test('it does not open for a name that leads here, another site, or what a proxy passes on', async () => {
  for (const headers of [{ Host: `evil.example:${server.port}` }, { Origin: 'http://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' }, { 'X-Forwarded-For': '203.0.113.7' }, { Forwarded: 'for=203.0.113.7' }]) {
    const answer = await get('/_console/session', headers);
    assert.ok([401, 403].includes(answer.status), `${JSON.stringify(headers)}: ${answer.status}`);
    assert.equal(answer.headers['set-cookie'], undefined);
  }
});

test('bound to another address it asks for the account SID and the auth token', async () => {
  assert.equal((await get('/_console/session', {}, open)).status, 401);
  const { cookie, answer } = await logIn(open);
  assert.equal(answer.json.opened_by_itself, false);
  assert.equal((await get('/_console/session', { Cookie: cookie }, open)).status, 200);
  assert.equal((await get('/_console/session', { Cookie: `${cookie}0` }, open)).status, 401);
});

test('the cookie opens the REST API and the control API; a change needs the token besides', async () => {
  const { cookie, token } = await logIn();
  const messages = `/_console/api/api/2010-04-01/Accounts/${server.sid}/Messages.json`;
  const listed = await get(messages, { Cookie: cookie });
  assert.equal(listed.status, 200);
  assert.equal(listed.headers['access-control-allow-origin'], undefined);
  assert.equal((await get('/_dialtone/v1/handsets', { Cookie: cookie })).status, 200);
  const form = { From: server.number, To: server.handset, Body: 'Hi' };
  const without = await server.request(null, 'POST', messages, { auth: null, form, headers: { Cookie: cookie } });
  assert.equal(without.status, 403);
  assert.equal(without.json.code, 20403);
  const wrong = await server.request(null, 'POST', '/_dialtone/v1/handsets', { auth: null, json: {}, headers: { Cookie: cookie, 'X-Dialtone-Token': 'wrong' } });
  assert.equal(wrong.status, 403);
  const foreign = await server.request(null, 'POST', messages, { auth: null, form, headers: { Cookie: cookie, 'X-Dialtone-Token': token, Origin: 'http://localhost:9' } });
  assert.equal(foreign.status, 403);
  const done = await server.request(null, 'POST', messages, { auth: null, form, headers: { Cookie: cookie, 'X-Dialtone-Token': token } });
  assert.equal(done.status, 201, done.text);
});

test('other products are reached as well, page by page', async () => {
  const { cookie, token } = await logIn();
  for (const name of ['one', 'two']) {
    const made = await server.request(null, 'POST', '/_console/api/messaging/v1/Services', { auth: null, form: { FriendlyName: name }, headers: { Cookie: cookie, 'X-Dialtone-Token': token } });
    assert.equal(made.status, 201, made.text);
  }
  const first = await get('/_console/api/messaging/v1/Services?PageSize=1', { Cookie: cookie });
  assert.match(first.json.meta.next_page_url, /^https:\/\/messaging\.twilio\.com\/v1\/Services\?/);
  const second = await get(first.json.meta.next_page_url.replace('https://messaging.twilio.com', '/_console/api/messaging'), { Cookie: cookie });
  assert.equal(second.status, 200);
  assert.notEqual(second.json.services[0].sid, first.json.services[0].sid);
});

test('nothing is had without a session, and the browser is not made to ask in its own window', async () => {
  for (const headers of [{ Cookie: `dialtone_${server.port}=0000` }, { 'X-Dialtone-Token': 'x' }]) {
    const answer = await get('/_dialtone/v1/handsets', headers);
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['www-authenticate'], undefined);
  }
  assert.equal((await get('/_console/api/api/2010-04-01/Accounts.json')).status, 401);
  assert.equal((await get('/_console/api/nothing/v1')).status, 404);
  assert.equal((await get('/_console/nothing')).status, 404);
});

test('logging out ends the session', async () => {
  const { cookie, token } = await logIn(open);
  const out = await open.request(null, 'DELETE', '/_console/session', { auth: null, headers: { Cookie: cookie, 'X-Dialtone-Token': token } });
  assert.equal(out.status, 204);
  assert.match(out.headers['set-cookie'][0], /Max-Age=0/);
  assert.equal((await get('/_dialtone/v1/handsets', { Cookie: cookie }, open)).status, 401);
});

test('after five wrong logins an address must wait, also with the right token', async () => {
  const attempt = (auth_token) => open.request(null, 'POST', '/_console/session', { auth: null, json: { account_sid: open.sid, auth_token } });
  for (let i = 0; i < 5; ++i) assert.equal((await attempt('wrong')).status, 401);
  const refused = await attempt(open.token);
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
});

test('a function is called from the editor only with the token, and what it answers cannot act as a page of the console', async () => {
  const { cookie, token } = await logIn();
  const call = (headers) => get('/_console/function/nothing-1234/hello', headers);
  assert.equal((await call({ Cookie: cookie })).status, 403);
  assert.equal((await call({})).status, 401);
  const answer = await call({ Cookie: cookie, 'X-Dialtone-Token': token });
  assert.equal(answer.status, 404);
  assert.match(answer.headers['content-security-policy'], /^sandbox/);
  for (const bad of ['/_console/function/evil.example/x', '/_console/api/..%2f/x', '/_console/function/x']) {
    assert.equal((await get(bad, { Cookie: cookie, 'X-Dialtone-Token': token })).status, 404, bad);
  }
});
