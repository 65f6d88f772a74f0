// Things that go wrong on purpose, as an application sees them: in the message, in the callbacks, on the phone, in the journal.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { Dialtone } from '../clients/node/index.js';
import { Hooks, twiml } from './support/hooks.mjs';
import { binary } from './support/server.mjs';

const twilio = createRequire(import.meta.url)('twilio');
let dialtone;
let hooks;
before(async () => {
  dialtone = await Dialtone.start({ binary });
  hooks = await Hooks.start();
  hooks.on('/status', { status: 204 });
});
after(async () => {
  await dialtone.stop();
  await hooks.close();
});

const withTenant = (body) => () => dialtone.test(body)();
const statuses = (sid) => hooks.requests.filter((each) => each.params.MessageSid === sid).map((each) => each.params.MessageStatus);

/** Sends with a status callback; waits for `last`; gives the message as the API shows it then. */
async function send(tenant, { body = 'x', last, to = tenant.handset.number } = {}) {
  const client = tenant.twilio(twilio);
  const { sid } = await client.messages.create({ to, from: tenant.number, body, statusCallback: hooks.url('/status') });
  if (last) await hooks.next('/status', (each) => each.params.MessageSid === sid && each.params.MessageStatus === last);
  return { sid, now: () => client.messages(sid).fetch() };
}

describe('messages', { concurrency: true }, () => {
  test('fail: the code is in the message and in the callback, and the phone has nothing', withTenant(async (tenant) => {
    await tenant.faults.add({ do: 'fail', to: tenant.handset.number, code: 30003 });
    const { sid, now } = await send(tenant, { last: 'undelivered' });
    const message = await now();
    assert.deepEqual([message.status, message.errorCode, message.errorMessage], ['undelivered', 30003, 'Unreachable destination handset']);
    assert.deepEqual(statuses(sid), ['sent', 'undelivered']);
    assert.equal(hooks.requests.find((each) => each.params.MessageSid === sid && each.params.MessageStatus === 'undelivered').params.ErrorCode, '30003');
    assert.deepEqual(await tenant.handset.messages(), []);
    const { data } = await tenant.await({ kind: 'fault.struck', subject: sid });
    assert.deepEqual([data.do, data.code, data.to], ['fail', 30003, tenant.handset.number]);
  }));

  test('fail with status failed: the carrier does not even take it', withTenant(async (tenant) => {
    await tenant.faults.add({ do: 'fail', code: 30007, status: 'failed' });
    const { sid, now } = await send(tenant, { last: 'failed' });
    assert.deepEqual(statuses(sid), ['failed']);
    assert.equal((await now()).status, 'failed');
  }));

  test('a prefix, a number, and those that are neither', withTenant(async (tenant) => {
    await tenant.faults.add({ do: 'fail', to: '+14155550*', code: 30005 });
    await tenant.faults.add({ do: 'fail', to: '+14155559999', code: 30006 });
    const codes = [];
    for (const to of ['+14155550123', '+14155559999', '+14155558888']) {
      const { sid, now } = await send(tenant, { to });
      await hooks.next('/status', (each) => each.params.MessageSid === sid && /delivered/.test(each.params.MessageStatus));
      codes.push((await now()).errorCode);
    }
    assert.deepEqual(codes, [30005, 30006, null]);
  }));

  test('lose_receipt: the phone has it, the message stays sent', withTenant(async (tenant) => {
    await tenant.faults.add({ do: 'lose_receipt' });
    const { sid, now } = await send(tenant, { last: 'sent' });
    await tenant.handset.expect('x');
    assert.equal((await now()).status, 'sent');
    assert.deepEqual(statuses(sid), ['sent']);
  }));

  test('lose_message: sent, and nothing on the phone', withTenant(async (tenant) => {
    await tenant.faults.add({ do: 'lose_message' });
    const { now } = await send(tenant, { last: 'sent' });
    assert.equal((await now()).status, 'sent');
    assert.deepEqual(await tenant.handset.messages(), []);
  }));

  test('twice: two copies on the phone', withTenant(async (tenant) => {
    await tenant.faults.add({ do: 'twice' });
    await send(tenant, { last: 'delivered' });
    assert.deepEqual((await tenant.handset.messages()).map((each) => each.body), ['x', 'x']);
  }));

  test('per_segment and out_of_order: what the application must bear', withTenant(async (tenant) => {
    await tenant.faults.add({ script: [{ do: 'per_segment' }, { do: 'out_of_order' }, { do: 'pass' }] });
    const long = await send(tenant, { body: 'y'.repeat(400) });
    await hooks.until(() => statuses(long.sid).length === 4 || undefined, 'four callbacks');
    assert.deepEqual(statuses(long.sid), ['sent', 'delivered', 'delivered', 'delivered']);
    const { sid, now } = await send(tenant, { last: 'sent' });
    assert.deepEqual(statuses(sid), ['delivered', 'sent']);
    assert.equal((await now()).status, 'delivered');
    assert.deepEqual(await (async () => { const one = await send(tenant, { last: 'delivered' }); return statuses(one.sid); })(), ['sent', 'delivered']);
  }));

  test('skip, times and counts; a fault that is removed strikes no more', withTenant(async (tenant) => {
    const fault = await tenant.faults.add({ do: 'fail', code: 30008, skip: 1, times: 2 });
    const codes = [];
    for (let i = 0; i < 5; ++i) {
      const { sid, now } = await send(tenant);
      await hooks.next('/status', (each) => each.params.MessageSid === sid && /delivered/.test(each.params.MessageStatus));
      codes.push((await now()).errorCode);
    }
    assert.deepEqual(codes, [null, 30008, 30008, null, null]);
    const state = await fault.fetch();
    assert.deepEqual([state.seen, state.struck, state.code, state.skip], [5, 2, 30008, 1]);
    await fault.remove();
    assert.deepEqual(await tenant.faults.list(), []);
    await assert.rejects(fault.fetch(), { status: 404 });
  }));

  test('a seed strikes the same way each time', withTenant(async (tenant) => {
    const run = async (seed) => {
      const fault = await tenant.faults.add({ do: 'fail', probability: 0.5, seed });
      const out = [];
      for (let i = 0; i < 12; ++i) {
        const { sid, now } = await send(tenant);
        await hooks.next('/status', (each) => each.params.MessageSid === sid && /delivered/.test(each.params.MessageStatus));
        out.push((await now()).status === 'undelivered' ? 'x' : '.');
      }
      await fault.remove();
      return out.join('');
    };
    const first = await run(42);
    assert.equal(await run(42), first);
    assert.match(first, /x/);
    assert.match(first, /\./);
    assert.notEqual(await run(43), first);
  }));

  test('a tenant\'s faults strike nobody else', withTenant((one) => dialtone.test(async (two) => {
    await one.faults.add({ do: 'fail' });
    const { now } = await send(two, { last: 'delivered' });
    assert.equal((await now()).status, 'delivered');
    assert.deepEqual(await two.faults.list(), []);
  })()));

  test('what is no fault is told', withTenant(async (tenant) => {
    for (const fault of [{}, { do: 'explode' }, { do: 'delay' }, { do: 'delay', by: 'soon' }, { do: 'fail', code: 7 }, { do: 'fail', to: '+1*5' }, { do: 'fail', to: 5 },
      { do: 'fail', times: 0 }, { do: 'fail', probability: 2 }, { script: [] }, { script: ['fail'] }, { do: 'fail', script: [{ do: 'fail' }] }, { do: 'reset', to: '+1' },
      { do: 'fail', url: 'https://x.test' }, { do: 'status', url: 'x.test' }, { do: 'status', url: 'x.test', status: 99 }, { do: 'fail', tpyo: 1 }, { do: 'tls', url: 'x', to: '+1*' }, { do: 'fail', status: 'lost' }]) {
      await assert.rejects(tenant.faults.add(fault), { status: 400, code: 20001 }, JSON.stringify(fault));
    }
  }));
});

describe('webhooks', { concurrency: true }, () => {
  const cases = [
    ['reset', { do: 'reset' }, '11205'], ['tls', { do: 'tls' }, '11220'], ['tls with a code', { do: 'tls', code: 11237 }, '11237'],
    ['dns', { do: 'dns' }, '11210'], ['status', { do: 'status', status: 503 }, '11200'],
  ];
  for (const [name, fault, code] of cases) {
    test(`${name}: the alert is ${code}, and the application was not asked`, withTenant(async (tenant) => {
      const path = `/sms/${tenant.accountSid}`;
      await tenant.setNumber({ SmsUrl: hooks.on(path, twiml('<Message>hi</Message>')) });
      await tenant.faults.add({ ...fault, url: hooks.url(path) });
      await tenant.handset.text('hello');
      const { alert } = await tenant.await({ kind: 'alert' });
      assert.equal(alert.error_code, code);
      assert.equal(hooks.requests.filter((each) => each.path === path).length, 0);
      assert.equal((await tenant.await({ kind: 'fault.struck' })).data.do, fault.do);
      await tenant.faults.clear();
      await tenant.handset.text('hello');
      await tenant.handset.expect('hi');
    }));
  }

  test('a host, and the fallback that is another', withTenant(async (tenant) => {
    const path = `/fallback/${tenant.accountSid}`;
    await tenant.setNumber({ SmsUrl: 'https://app.example/sms', SmsFallbackUrl: hooks.on(path, twiml('<Message>from the fallback</Message>')) });
    await tenant.faults.add({ do: 'dns', url: 'app.example' });
    await tenant.handset.text('hello');
    await tenant.handset.expect('from the fallback');
  }));
});

test('time: a late receipt, a slow carrier, one that is down, a webhook that stalls', async () => {
  const own = await Dialtone.start({ binary });
  try {
    const tenant = await own.tenant();
    const client = tenant.twilio(twilio);
    const post = () => client.messages.create({ to: tenant.handset.number, from: tenant.number, body: 'x' });
    const is = async (sid, status) => assert.equal((await client.messages(sid).fetch()).status, status);
    const reaches = (sid, status) => tenant.await({ kind: `message.${status}`, subject: sid });
    await own.clock.freeze();

    await tenant.faults.add({ do: 'delay', by: '2h' });
    const late = await post();
    await reaches(late.sid, 'sent');
    await tenant.handset.expect('x');
    await own.clock.advance('119m');
    await is(late.sid, 'sent');
    await own.clock.advance('1m');
    await reaches(late.sid, 'delivered');
    await tenant.faults.clear();

    await tenant.faults.add({ do: 'slow', by: '10m' });
    const slow = await post();
    await reaches(slow.sid, 'sending');
    await is(slow.sid, 'sending');
    await own.clock.advance('10m');
    await reaches(slow.sid, 'delivered');
    await tenant.faults.clear();

    const down = await tenant.faults.add({ do: 'down' });
    const held = await post();
    await tenant.await({ kind: 'fault.struck', subject: held.sid });
    await own.clock.advance('1h');
    await is(held.sid, 'queued');
    await down.remove();
    await own.clock.advance('5s');
    await reaches(held.sid, 'delivered');
    await tenant.faults.add({ do: 'down' });
    const given_up = await post();
    await tenant.await({ kind: 'fault.struck', subject: given_up.sid });
    await own.clock.advance('11h');
    await reaches(given_up.sid, 'failed');
    assert.equal((await client.messages(given_up.sid).fetch()).errorCode, 30036);
    await tenant.faults.clear();

    await tenant.setNumber({ SmsUrl: 'https://app.example/sms' });
    await tenant.faults.add({ do: 'stall', url: 'https://app.example/' });
    const { sid } = await tenant.handset.text('hello');
    await tenant.await({ kind: 'fault.struck', subject: sid });
    await own.clock.advance('15s');
    assert.equal((await tenant.await({ kind: 'alert' })).alert.resource_sid, sid);
  } finally {
    await own.stop();
  }
});

test('a script goes on where it stood after a crash', async () => {
  const { Server } = await import('./support/server.mjs');
  const server = await Server.start({ data: true });
  try {
    await server.control('POST', '/faults', { json: { script: [{ do: 'fail', code: 30003 }, { do: 'fail', code: 30004 }] } });
    const codes = [];
    for (let i = 0; i < 3; ++i) {
      const { sid } = (await server.messages('', 'POST', { To: server.handset, From: server.number, Body: 'x' })).json;
      await server.event(i < 2 ? 'message.undelivered' : 'message.delivered', (each) => each.subject === sid);
      codes.push((await server.messages(`/${sid}`)).json.error_code);
      if (i === 0) {
        await server.kill();
        await server.launch();
      }
    }
    assert.deepEqual(codes, [30003, 30004, null]);
  } finally {
    await server.stop();
  }
});
