import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let parent;
before(async () => {
  server = await Server.start();
  parent = [server.sid, server.token];
});
after(async () => { await server.stop(); });

const basic = ([user, password]) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const messages = (sid) => `/2010-04-01/Accounts/${sid}/Messages.json`;
const account = (sid) => `/2010-04-01/Accounts/${sid}.json`;

async function status(who, product, method, path, form) {
  return (await server.request(product, method, path, { auth: who && basic(who), form })).status;
}
async function newSubaccount(form = {}) {
  const { json } = await server.request('api', 'POST', '/2010-04-01/Accounts.json', { form: { FriendlyName: 'sub', ...form } });
  return [json.sid, json.auth_token];
}
async function newKey(sid = server.sid, who = parent) {
  const { json } = await server.request('api', 'POST', `/2010-04-01/Accounts/${sid}/Keys.json`, { auth: basic(who), form: { FriendlyName: 'key' } });
  return [json.sid, json.secret];
}
const setStatus = (sid, value, who = parent) => server.request('api', 'POST', account(sid), { auth: basic(who), form: { Status: value } });

test('a parent reaches its own resources, and those of its subaccounts in the 2010 API', async () => {
  const sub = await newSubaccount();
  assert.equal(await status(parent, 'api', 'GET', messages(server.sid)), 200);
  assert.equal(await status(parent, 'api', 'GET', messages(sub[0])), 200);
  assert.equal(await status(parent, 'api', 'GET', account(sub[0])), 200);
  assert.equal(await status(parent, 'sync', 'GET', '/v1/Services'), 200);
});

test('a subaccount reaches its own resources and no others', async () => {
  const sub = await newSubaccount();
  const other = await newSubaccount();
  assert.equal(await status(sub, 'api', 'GET', messages(sub[0])), 200);
  assert.equal(await status(sub, 'api', 'GET', messages(server.sid)), 401);
  assert.equal(await status(sub, 'api', 'GET', messages(other[0])), 401);
  assert.equal(await status(sub, 'api', 'GET', account(sub[0])), 200);
  assert.equal(await status(sub, 'api', 'GET', account(server.sid)), 404);
  assert.equal(await status(sub, 'api', 'GET', account(other[0])), 404);
  const listed = await server.request('api', 'GET', '/2010-04-01/Accounts.json', { auth: basic(sub) });
  assert.deepEqual(listed.json.accounts.map((each) => each.sid), [sub[0]]);
});

test('on product hosts each account sees what is its own', async () => {
  const sub = await newSubaccount();
  const made = await server.request('sync', 'POST', '/v1/Services', { auth: basic(sub), form: { FriendlyName: 'mine' } });
  assert.equal(made.json.account_sid, sub[0]);
  assert.equal(await status(sub, 'sync', 'GET', `/v1/Services/${made.json.sid}`), 200);
  assert.equal(await status(parent, 'sync', 'GET', `/v1/Services/${made.json.sid}`), 404);
});

test('an API key does all but manage accounts and keys', async () => {
  const key = await newKey();
  assert.match(key[0], /^SK[0-9a-f]{32}$/);
  assert.equal(await status(key, 'api', 'GET', messages(server.sid)), 200);
  assert.equal(await status(key, 'sync', 'GET', '/v1/Services'), 200);
  const keys = `/2010-04-01/Accounts/${server.sid}/Keys`;
  for (const [method, path] of [['GET', '/2010-04-01/Accounts.json'], ['POST', '/2010-04-01/Accounts.json'], ['GET', account(server.sid)],
    ['POST', account(server.sid)], ['GET', `${keys}.json`], ['POST', `${keys}.json`], ['GET', `${keys}/${key[0]}.json`], ['DELETE', `${keys}/${key[0]}.json`],
    ['GET', `/2010-04-01/Accounts/${server.sid}/SigningKeys.json`]]) {
    const answer = await server.request('api', method, path, { auth: basic(key) });
    assert.deepEqual([answer.status, answer.json.code], [401, 20003], `${method} ${path}`);
  }
});

test("a parent's API key does not reach subaccounts; a subaccount's reaches its own", async () => {
  const sub = await newSubaccount();
  const key = await newKey();
  assert.equal(await status(key, 'api', 'GET', messages(sub[0])), 401);
  const own = await newKey(sub[0], sub);
  assert.equal(await status(own, 'api', 'GET', messages(sub[0])), 200);
  assert.equal(await status(own, 'api', 'GET', messages(server.sid)), 401);
});

test('a key ends with its deletion, and its secret is shown once', async () => {
  const key = await newKey();
  const path = `/2010-04-01/Accounts/${server.sid}/Keys/${key[0]}.json`;
  assert.equal((await server.request('api', 'GET', path)).json.secret, undefined);
  assert.equal(await status(key, 'api', 'GET', messages(server.sid)), 200);
  assert.equal(await status(parent, 'api', 'DELETE', path), 204);
  assert.equal(await status(key, 'api', 'GET', messages(server.sid)), 401);
});

test('everything else is refused with 401 and 20003', async () => {
  const token = server.token;
  const key = await newKey();
  const b64 = (text) => Buffer.from(text).toString('base64');
  const headers = { none: undefined, 'wrong token': basic([server.sid, 'f'.repeat(32)]), 'token cut': basic([server.sid, token.slice(0, -1)]),
    'token and more': basic([server.sid, `${token}0`]), 'no token': basic([server.sid, '']), 'unknown account': basic([`AC${'0'.repeat(32)}`, token]),
    'no account': basic(['', token]), 'user of another kind': basic(['admin', token]), 'wrong secret': basic([key[0], token]),
    'unknown key': basic([`SK${'0'.repeat(32)}`, key[1]]), 'lower-case sid': basic([server.sid.toLowerCase(), token]),
    bearer: `Bearer ${token}`, 'no base64': 'Basic ???', 'no colon': `Basic ${b64(server.sid)}`, 'scheme alone': 'Basic', nothing: ' ',
    long: `Basic ${b64(`${server.sid}:${'x'.repeat(5000)}`)}`, binary: `Basic ${Buffer.from([0, 255, 58, 0, 254]).toString('base64')}` };
  for (const [name, header] of Object.entries(headers)) {
    for (const [product, path] of [['api', messages(server.sid)], ['verify', '/v2/Services'], ['api', '/2010-04-01/Nothing.json']]) {
      const answer = await server.request(product, 'GET', path, { auth: null, headers: header === undefined ? {} : { Authorization: header } });
      assert.equal(answer.status, 401, name);
      assert.equal(answer.json.code, 20003, name);
      assert.equal(answer.json.status, 401);
      assert.equal(answer.json.more_info, 'https://www.twilio.com/docs/errors/20003');
      assert.equal(typeof answer.json.detail, 'string');
      assert.match(answer.headers['www-authenticate'], /^Basic realm=/);
    }
  }
  const none = await server.request('api', 'GET', messages(server.sid), { auth: null });
  assert.equal(none.json.message, 'Authentication Error - No credentials provided');
});

test('a suspended account may do nothing until it is active again', async () => {
  const sub = await newSubaccount();
  assert.equal((await setStatus(sub[0], 'suspended')).json.status, 'suspended');
  assert.equal(await status(sub, 'api', 'GET', messages(sub[0])), 401);
  assert.equal(await status(sub, 'sync', 'GET', '/v1/Services'), 401);
  assert.equal(await status(parent, 'api', 'GET', account(sub[0])), 200);
  assert.equal((await setStatus(sub[0], 'active')).json.status, 'active');
  assert.equal(await status(sub, 'api', 'GET', messages(sub[0])), 200);
});

test('a closed account stays closed', async () => {
  const sub = await newSubaccount();
  const key = await newKey(sub[0], sub);
  await setStatus(sub[0], 'closed');
  assert.equal(await status(sub, 'api', 'GET', messages(sub[0])), 401);
  assert.equal(await status(key, 'api', 'GET', messages(sub[0])), 401);
  const again = await setStatus(sub[0], 'active');
  assert.deepEqual([again.status, again.json.code], [400, 21479]);
  const closed = (await server.request('api', 'GET', '/2010-04-01/Accounts.json?Status=closed')).json.accounts.map((each) => each.sid);
  assert.ok(closed.includes(sub[0]));
});

test('statuses change as the API lets them', async () => {
  const sub = await newSubaccount();
  const refused = async (answer, code) => assert.deepEqual([(await answer).status, (await answer).json.code], [400, code]);
  await refused(setStatus(sub[0], 'sleeping'), 21475);
  await refused(setStatus(sub[0], 'suspended', sub), 21477);
  await refused(setStatus(server.sid, 'closed'), 21477);
  assert.equal((await server.request('api', 'GET', account(sub[0]))).json.status, 'active');
});

test('a subaccount owns no subaccounts', async () => {
  const sub = await newSubaccount();
  const answer = await server.request('api', 'POST', '/2010-04-01/Accounts.json', { auth: basic(sub), form: { FriendlyName: 'deeper' } });
  assert.deepEqual([answer.status, answer.json.code], [400, 21101]);
});

test('an account without a name gets one from its time', async () => {
  const { json } = await server.request('api', 'POST', '/2010-04-01/Accounts.json', { form: {} });
  assert.match(json.friendly_name, /^SubAccount Created at \d{4}-\d\d-\d\d \d\d:\d\d [ap]m$/);
});
