// The control API: handsets, the journal as a stream, health, metrics, its own description.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
before(async () => { [server, hooks] = await Promise.all([Server.start(), Hooks.start()]); });
after(() => Promise.all([server.stop(), hooks.close()]));
const limit = { timeout: 60_000 };

test('handsets are made, listed, removed', limit, async () => {
  const made = await server.control('POST', '/handsets', { json: { number: '+1 555 867 0100', name: 'Ada' } });
  assert.equal(made.status, 201);
  assert.equal(made.json.number, '+15558670100');
  assert.equal(made.json.name, 'Ada');
  const numbers = async () => (await server.control('GET', '/handsets')).json.handsets.map((each) => each.number);
  assert.ok((await numbers()).includes('+15558670100'));
  for (const [json, status] of [[{ number: '+15558670100' }, 409], [{ number: server.number }, 409], [{ number: 'x' }, 400]]) {
    assert.equal((await server.control('POST', '/handsets', { json })).status, status, JSON.stringify(json));
  }
  const many = await Promise.all(Array.from({ length: 20 }, () => Promise.all([server.newHandset(), server.newNumber()])));
  assert.equal(new Set(many.flatMap(([handset, number]) => [handset, number.phone_number])).size, 40);
  const taken = await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers.json`, { form: { PhoneNumber: '+15558670100' } });
  assert.equal(taken.json.code, 21422);
  assert.equal((await server.control('GET', '/handsets/15558670100')).json.name, 'Ada');
  assert.equal((await server.control('DELETE', '/handsets/+15558670100')).status, 204);
  assert.equal((await server.control('DELETE', '/handsets/+15558670100')).status, 404);
  assert.equal((await server.control('GET', '/handsets/+15558670100/messages')).status, 404);
  assert.ok(!(await numbers()).includes('+15558670100'));
});

test('what a handset got, by filter; and waiting for it', limit, async () => {
  const [one, two] = [await server.newHandset(), await server.newHandset()];
  const get = (query) => server.control('GET', `/handsets/${one}/messages?${new URLSearchParams(query)}`);
  assert.equal((await get({ wait: '0.1' })).status, 408);
  const waiting = get({ wait: '20', contains: 'second' });
  const first = await server.text(two, one, 'the first');
  const second = await server.text(two, one, 'the second', [hooks.on('/a.png', { headers: { 'Content-Type': 'image/png' }, body: 'a' })]);
  assert.equal((await waiting).json.messages[0].sid, second.sid);
  const bodies = async (query) => (await get(query)).json.messages.map((each) => each.body);
  assert.deepEqual(await bodies({}), ['the second', 'the first']);
  assert.deepEqual(await bodies({ after: first.sid }), ['the second']);
  assert.deepEqual(await bodies({ after: first.date }), ['the second']);
  assert.deepEqual(await bodies({ from: two, limit: '1' }), ['the second']);
  assert.deepEqual(await bodies({ from: server.number }), []);
  assert.deepEqual(await bodies({ direction: 'outbound' }), []);
  await server.text(one, server.number, 'back');
  assert.deepEqual(await bodies({ direction: 'outbound' }), ['back']);
  assert.deepEqual(await bodies({ direction: 'all' }), ['back', 'the second', 'the first']);
  for (const query of [{ wait: 'x' }, { wait: '-1' }, { wait: '301' }, { direction: 'up' }, { after: 'then' }, { limit: '0' }, { limit: 'x' }]) {
    assert.equal((await get(query)).status, 400, JSON.stringify(query));
  }
  for (const [json, status] of [[{ body: 'x' }, 400], [{ to: 'x', body: 'x' }, 400], [{ to: two }, 400], [{ to: two, media_urls: 'x' }, 400]]) {
    assert.equal((await server.control('POST', `/handsets/${one}/messages`, { json })).status, status, JSON.stringify(json));
  }
  assert.equal((await server.control('POST', '/handsets/+15558679999/messages', { json: { to: one, body: 'x' } })).status, 404);
});

test('the journal goes on after Last-Event-ID, with no gap and nothing twice, while messages flow', limit, async () => {
  const total = 60;
  const start = (await (await fetch(`${server.url}/_dialtone/v1/health`)).json()).journal_position;
  const client = server.twilio();
  const flow = (async () => {
    for (let i = 0; i < total; i += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, k) => client.messages.create({ to: server.handset, from: server.number, body: `flow ${i + k}` })));
    }
  })();
  const seen = [];
  let last = String(start);
  let delivered = 0;
  while (delivered < total) {
    // Reads a few, leaves, and comes back.
    const controller = new AbortController();
    let few = 0;
    try {
      for await (const each of server.events({ after: '', headers: { 'Last-Event-ID': last }, signal: controller.signal })) {
        last = each.id;
        seen.push(each);
        if (each.kind === 'message.delivered') ++delivered;
        if (++few === 23 || delivered === total) break;
      }
    } finally {
      controller.abort();
    }
  }
  await flow;
  const positions = seen.map((each) => each.position);
  assert.deepEqual(positions, Array.from(positions, (_, i) => start + 1 + i));
  for (const each of seen) assert.equal(each.event, each.kind);
  const again = [];
  for await (const each of server.events({ after: start })) if (again.push(each.position) === positions.length) break;
  assert.deepEqual(again, positions);
  const bad = await server.control('GET', '/events', { headers: { 'Last-Event-ID': 'x' } });
  assert.equal(bad.status, 400);
});

test('credentials, health, metrics and the description', limit, async () => {
  for (const [path, open] of [['/health', true], ['/openapi.json', true], ['/handsets', false], ['/events', false], ['/alerts', false], ['/exchanges', false]]) {
    const answer = await server.control('GET', path, { auth: null, headers: {} });
    assert.equal(answer.status, open ? 200 : 401, path);
    if (!open) assert.match(answer.headers['www-authenticate'], /^Basic/);
  }
  assert.equal((await server.control('GET', '/handsets', { auth: 'Basic eDp5' })).status, 401);
  assert.equal((await server.control('GET', '/nothing')).status, 404);
  assert.equal((await server.control('PATCH', '/handsets')).status, 405);
  const health = (await server.control('GET', '/health')).json;
  assert.equal(health.status, 'ok');
  const metrics = await server.request(null, 'GET', '/_dialtone/metrics');
  assert.match(metrics.headers['content-type'], /^text\/plain; version=0\.0\.4/);
  for (const line of metrics.text.trim().split('\n')) assert.match(line, /^(# (HELP|TYPE) \S+ .+|[a-z_:]+(\{.*\})? [-+0-9.eEinfa]+)$/);
  const described = (await server.control('GET', '/openapi.json')).json;
  assert.equal(described.openapi, '3.0.3');
  for (const [path, methods] of Object.entries({ '/handsets': ['get', 'post'], '/handsets/{number}': ['get', 'delete'],
    '/handsets/{number}/messages': ['get', 'post'], '/events': ['get'], '/health': ['get'], '/alerts/{sid}': ['get'] })) {
    assert.deepEqual(Object.keys(described.paths[path]).sort(), methods.sort(), path);
  }
});
