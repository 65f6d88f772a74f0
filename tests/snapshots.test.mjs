// The whole state, kept under a name and brought back; reset to what the first start made. In memory and on disk.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

for (const data of [undefined, true]) describe(data ? 'on disk' : 'in memory', () => {
  const withServer = (body) => async () => {
    const server = await Server.start({ data, logLevel: 'error' });
    try {
      await body(server, server.twilio());
    } finally {
      await server.stop();
    }
  };
  const at = async (server, path, method, json) => {
    const answer = await server.control(method, path, json ? { json } : {});
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
    return answer.json;
  };

  test('reset: what the first start made is there, and nothing else', withServer(async (server, client) => {
    const first = (await client.incomingPhoneNumbers.list()).map((each) => each.sid);
    const bought = await server.newNumber();
    const handset = await server.newHandset('+14155550177');
    const tenant = await at(server, '/tenants', 'POST', {});
    const sub = await client.api.v2010.accounts.create({ friendlyName: 'sub' });
    const key = await client.newKeys.create({ friendlyName: 'k' });
    const verify = await client.verify.v2.services.create({ friendlyName: 'v' });
    await at(server, '/faults', 'POST', { do: 'fail' });
    await client.incomingPhoneNumbers(first[0]).update({ smsUrl: 'https://example.com/changed' });
    await client.messages.create({ to: handset, from: server.number, body: 'x' });
    await at(server, '/clock/set', 'POST', { time: '2040-01-01T00:00:00Z' });
    const before = (await server.control('GET', '/health')).json.journal_position;

    await at(server, '/reset', 'POST');
    assert.deepEqual((await client.incomingPhoneNumbers.list()).map((each) => [each.sid, each.smsUrl]), [[first[0], '']]);
    assert.deepEqual((await client.messages.list()), []);
    assert.deepEqual((await client.api.v2010.accounts.list()).map((each) => each.sid), [server.sid]);
    assert.deepEqual((await at(server, '/handsets', 'GET')).handsets.map((each) => each.number).sort(), ['+15558675309', '+15558675310']);
    assert.deepEqual((await at(server, '/faults', 'GET')).faults, []);
    assert.deepEqual((await at(server, '/tenants', 'GET')).tenants, []);
    await assert.rejects(client.verify.v2.services(verify.sid).fetch(), { status: 404 });
    for (const [sid, token] of [[tenant.sid, tenant.auth_token], [sub.sid, sub.authToken], [key.sid, key.secret]]) {
      await assert.rejects(server.twilio('twilio', sid, token, { accountSid: server.sid }).messages.list(), { status: 401 });
    }
    const clock = await at(server, '/clock', 'GET');
    assert.ok(Math.abs(Date.parse(clock.time) - Date.now()) < 60_000);
    // The journal goes on, and tells of it.
    const entry = await server.event('lab.reset');
    assert.ok(entry.position > before);
    // All of it works as on the first day.
    await client.messages.create({ to: server.handset, from: server.number, body: 'again' });
    assert.equal((await server.waitForMessage(server.handset)).body, 'again');
    assert.equal((await server.newNumber({ PhoneNumber: bought.phone_number, AreaCode: '' })).phone_number, bought.phone_number);
    if (data) {
      await server.kill();
      await server.launch();
      assert.equal((await client.messages.list()).length, 1);
    }
  }));

  test('snapshot and restore: records, what is to happen, and the clock', withServer(async (server, client) => {
    const hooks = await Hooks.start();
    const SmsUrl = hooks.on('/sms', twiml('<Message>hello</Message>'));
    const number = await server.newNumber({ SmsUrl });
    const service = await client.messaging.v1.services.create({ friendlyName: 'pool', useInboundWebhookOnNumber: true });
    await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
    await at(server, '/clock/freeze', 'POST');
    const { time } = await at(server, '/clock/set', 'POST', { time: '2030-01-01T00:00:00Z' });
    const scheduled = await client.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: 'tomorrow', scheduleType: 'fixed', sendAt: new Date('2030-01-02T00:00:00Z') });
    await client.messages.create({ to: server.handset, from: number.phone_number, body: 'kept' });
    const tenant = await at(server, '/tenants', 'POST', {});
    const kept = await at(server, '/snapshots', 'POST', { name: 'seeded' });
    assert.ok(kept.records > 10 && kept.waiting === 1);

    for (let round = 0; round < 2; ++round) {
      await client.messages.create({ to: server.handset, from: number.phone_number, body: 'lost' });
      await client.incomingPhoneNumbers(number.sid).remove();
      await at(server, `/tenants/${tenant.sid}`, 'DELETE');
      await at(server, '/clock/advance', 'POST', { by: '30d' });
      await server.event('message.failed', (each) => each.subject === scheduled.sid);  // its service has no sender any more
      if (data && round === 1) {
        await server.kill();
        await server.launch();
      }
      await at(server, '/snapshots/seeded/restore', 'POST');
      assert.deepEqual([(await at(server, '/clock', 'GET')).time, (await at(server, '/clock', 'GET')).frozen], [time, true]);
      assert.deepEqual((await client.messages.list()).map((each) => [each.body, each.status]).sort(), [['kept', 'delivered'], ['tomorrow', 'scheduled']]);
      assert.equal((await client.incomingPhoneNumbers(number.sid).fetch()).smsUrl, SmsUrl);
      assert.equal((await server.twilio('twilio', tenant.sid, tenant.auth_token).incomingPhoneNumbers.list()).length, 1);
      await server.text(server.handset, number.phone_number, 'hi');
      await server.waitForMessage(server.handset, { contains: 'hello' });
    }
    // What was to happen then happens again.
    const position = (await server.control('GET', '/health')).json.journal_position;
    await at(server, '/clock/advance', 'POST', { by: '1d' });
    for await (const each of server.events({ after: position, kind: 'message.delivered' })) if (each.subject === scheduled.sid) break;
    assert.deepEqual((await at(server, '/snapshots', 'GET')).snapshots.map((each) => each.name), ['seeded']);
    await at(server, '/snapshots/seeded', 'DELETE');
    assert.equal((await server.control('POST', '/snapshots/seeded/restore')).status, 404);
    await hooks.close();
  }));

  test('a webhook that is at work when the state goes leaves nothing behind', withServer(async (server, client) => {
    const hooks = await Hooks.start();
    let release;
    const held = new Promise((done) => { release = done; });
    const asked = new Promise((done) => hooks.on('/sms', async () => { done(); await held; return twiml('<Message>from another life</Message>'); }));
    const [number] = await client.incomingPhoneNumbers.list();
    await client.incomingPhoneNumbers(number.sid).update({ smsUrl: hooks.url('/sms') });
    await server.text(server.handset, server.number, 'hello');
    await asked;
    await at(server, '/reset', 'POST');
    const [{ response }] = await hooks.all('/sms', 1);
    const closed = new Promise((done) => response.on('close', done));
    release();
    await closed;
    await client.messages.create({ to: server.handset, from: server.number, body: 'this life' });
    const heard = await at(server, `/handsets/${encodeURIComponent(server.handset)}/messages?direction=all`, 'GET');
    assert.deepEqual(heard.messages.map((each) => each.body), ['this life']);
    assert.equal(server.errors, '');
    await hooks.close();
  }));

  test('under load: requests wait and go on, none fails', withServer(async (server, client) => {
    let done = false;
    let sent = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (!done) {
        await client.messages.create({ to: server.handset, from: server.number, body: 'x' });
        ++sent;
      }
    });
    for (let i = 0; i < 5; ++i) {
      await at(server, '/snapshots', 'POST', { name: 'load' });
      const { messages } = await at(server, `/handsets/${encodeURIComponent(server.handset)}/messages?limit=1000`, 'GET');
      await at(server, i % 2 ? '/reset' : '/snapshots/load/restore', 'POST');
      assert.ok(messages.length >= 0);
    }
    done = true;
    await Promise.all(load);
    assert.ok(sent > 0);
    assert.equal(server.errors, '');
  }));
});

test('names and who may', async () => {
  const server = await Server.start();
  try {
    for (const name of ['', '.first', 'a/b', 'x'.repeat(65), 7]) assert.equal((await server.control('POST', '/snapshots', { json: { name } })).status, 400, String(name));
    const tenant = (await server.control('POST', '/tenants', { json: {} })).json;
    const auth = `Basic ${Buffer.from(`${tenant.sid}:${tenant.auth_token}`).toString('base64')}`;
    for (const [method, path] of [['POST', '/reset'], ['POST', '/snapshots'], ['GET', '/snapshots'], ['POST', '/snapshots/a/restore']]) {
      assert.equal((await server.control(method, path, { auth, json: { name: 'a' } })).status, 403, path);
    }
    assert.equal((await server.control('POST', '/snapshots/.first/restore')).status, 404);
  } finally {
    await server.stop();
  }
});
