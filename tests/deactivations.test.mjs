// Deactivations: which numbers' phones are gone, by day.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start();
  client = server.twilio();
  await server.control('POST', '/clock/set', { json: { time: '2026-03-01T23:59:00Z' } });
  await server.control('POST', '/clock/freeze');
});
after(() => server.stop());

/** Follows where the resource leads. */
const report = async (date, twilio = client) => {
  const answered = await twilio.messaging.v1.deactivations().fetch({ date });  // the SDK gives the bare answer of a redirect
  const redirectTo = answered.redirectTo ?? answered.redirect_to;
  const url = new URL(redirectTo);
  assert.equal(url.host, 'messaging.twilio.com');
  const answer = await server.request('messaging', 'GET', url.pathname + url.search, { auth: null });
  return { ...answer, path: url.pathname, url };
};
const remove = (number, options) => server.control('DELETE', `/handsets/${encodeURIComponent(number)}`, options);

test('a phone that is removed stands in the report of its day', async () => {
  for (const number of ['+14155550177', '+14155550123', '+442071838750']) {
    await server.newHandset(number);
    assert.equal((await remove(number)).status, 204);
  }
  await server.control('POST', '/clock/advance', { json: { by: '2m' } });
  await server.newHandset('+14155550199');
  await remove('+14155550199');
  const first = await report('2026-03-01');
  assert.equal(first.status, 200);
  assert.match(first.headers['content-type'], /^text\/plain/);
  assert.equal(first.text, '+14155550123\n+14155550177\n');
  assert.equal((await report('2026-03-02')).text, '+14155550199\n');
  assert.equal((await report('2026-02-28')).text, '');
});

test('the address is good for two minutes, for that day', async () => {
  const { url, path } = await report('2026-03-01');
  const get = (target) => server.request('messaging', 'GET', target, { auth: null });
  assert.equal((await get(path)).status, 403);
  assert.equal((await get(path.replace('03-01', '03-02') + url.search)).status, 403);
  await server.control('POST', '/clock/advance', { json: { by: '119s' } });
  assert.equal((await get(path + url.search)).status, 200);
  await server.control('POST', '/clock/advance', { json: { by: '1s' } });
  assert.equal((await get(path + url.search)).status, 403);
});

test('the answer is a redirect, for a day', async () => {
  assert.match((await server.request('messaging', 'GET', '/v1/Deactivations')).json.redirect_to, /\/2026-03-02\?/);
  const answer = await server.request('messaging', 'GET', '/v1/Deactivations?Date=2026-03-01');
  assert.equal(answer.status, 307);
  assert.equal(answer.headers.location, answer.json.redirect_to);
  for (const date of ['?Date=', '?Date=yesterday', '?Date=2026-03-32', '?Date=2026-03-01T00:00:00Z']) {
    const { status, json } = await server.request('messaging', 'GET', `/v1/Deactivations${date}`);
    assert.deepEqual([status, json.code], [400, 20001], date);
  }
});

test('a tenant has reports of its own phones', async () => {
  const { json: tenant } = await server.control('POST', '/tenants', { json: {} });
  const auth = `Basic ${btoa(`${tenant.sid}:${tenant.auth_token}`)}`;
  const made = await server.control('POST', '/handsets', { json: { number: '+14155550188' }, auth });
  assert.equal(made.status, 201, made.text);
  await remove('+14155550188', { auth });
  assert.equal((await report('2026-03-02', server.twilio('twilio', tenant.sid, tenant.auth_token))).text, '+14155550188\n');
  assert.equal((await report('2026-03-02')).text, '+14155550199\n');
});
