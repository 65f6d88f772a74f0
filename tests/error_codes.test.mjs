// Errors that need something uncommon: a list of receivers, a long variable, a trial account's long text, many accounts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start({ args: ['--scheduled-max', '3'], logLevel: 'error' });
  client = server.twilio();
});
after(async () => { await server.stop(); });

const fails = (promise, code, status = 400) => assert.rejects(promise, { code, status });
const to = '+15558675310';
const reaches = async (sid, status, of = server) => {
  const answer = await of.control('GET', `/await?${new URLSearchParams({ kind: `message.${status}`, subject: sid, after: 0, timeout: '20s' })}`);
  assert.equal(answer.status, 200, answer.text);
};

test('a message has one receiver: 21653', async () => {
  await fails(client.messages.create({ to: [to, '+15558675311'], from: server.number, body: 'x' }), 21653);
});

test('a variable of a template has 1600 characters at most: 21658', async () => {
  const template = await client.content.v1.contents.create({ friendly_name: 'long', language: 'en', variables: { 1: 'you' }, types: { 'twilio/text': { body: 'Hi {{1}}' } } });
  const send = (value) => client.messages.create({ to, from: server.number, contentSid: template.sid, contentVariables: JSON.stringify({ 1: value }) });
  await fails(send('é'.repeat(1601)), 21658);
  await send('é'.repeat(1590));
});

test('so many messages are scheduled at once: 35125', async () => {
  const { sid } = await client.messaging.v1.services.create({ friendlyName: 'later' });
  const number = await server.newNumber();
  await client.messaging.v1.services(sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const schedule = (hours) => client.messages.create({ to, messagingServiceSid: sid, body: 'x', scheduleType: 'fixed', sendAt: new Date(Date.now() + hours * 3_600_000) });
  const first = await schedule(5);
  const soon = await schedule(0.1);  // six minutes
  await schedule(5);
  await fails(schedule(5), 35125);
  await client.messages(first.sid).update({ status: 'canceled' });
  await schedule(5);
  await fails(schedule(5), 35125);
  assert.equal((await server.control('POST', '/snapshots', { json: { name: 'scheduled' } })).status, 201);
  assert.equal((await server.control('POST', '/snapshots/scheduled/restore')).status, 204);
  await fails(schedule(5), 35125);
  await server.control('POST', '/clock/advance', { json: { by: '2h' } });
  await reaches(soon.sid, 'delivered');
  await schedule(5);
  await fails(schedule(5), 35125);
});

test('callers have names in the United States and Canada only: 21409', async () => {
  const create = (parameters) => client.incomingPhoneNumbers.create({ phoneNumber: '+447400123499', ...parameters });
  await fails(create({ voiceCallerIdLookup: true }), 21409);
  const number = await create({ voiceCallerIdLookup: false });
  await fails(client.incomingPhoneNumbers(number.sid).update({ voiceCallerIdLookup: true }), 21409);
});

test("a trial account's long message fails: 30044", async () => {
  const trial = await Server.start({ args: ['--account-type', 'trial'], logLevel: 'error' });
  try {
    const own = trial.twilio();
    const send = async (body, end) => {
      const { sid, status } = await own.messages.create({ to: trial.handset, from: trial.number, body });
      assert.equal(status, 'queued');
      await reaches(sid, end, trial);
      return own.messages(sid).fetch();
    };
    const words = 'Sent from your Twilio trial account - '.length;
    assert.equal((await send('x'.repeat(459 - words), 'delivered')).numSegments, '3');
    const long = await send('x'.repeat(460 - words), 'failed');
    assert.deepEqual([long.status, long.errorCode, long.errorMessage, long.numSegments], ['failed', 30044, 'Trial Message Length Exceeded', '4']);
  } finally {
    await trial.stop();
  }
});

test('what only Twilio could refuse, the lab refuses', async () => {
  const send = () => client.messages.create({ to, from: server.number, body: 'x' });
  const rows = [[10002, 400, /Trial account/], [20429, 429, /Too Many/], [20500, 500, /internal/], [20503, 503, /Unavailable/], [21618, 400, /body cannot be sent/],
    [21622, 400, /MMS has not been enabled/], [21657, 400, /Sender ID is invalid/], [21702, 400, /not available to send/], [21999, 400, /fault of the lab/]];
  const script = [...rows.map(([code]) => ({ do: 'refuse', code })), { do: 'pass' }, { do: 'refuse', code: 21618, status: 403 }];
  const before = (await client.messages.list()).length;
  const { sid } = (await server.control('POST', '/faults', { json: { to, script } })).json;
  for (const [code, status, text] of rows) {
    await assert.rejects(send(), (error) => {
      assert.deepEqual([error.code, error.status], [code, status]);
      assert.match(error.message, text);
      return true;
    });
  }
  await send();
  await fails(send(), 21618, 403);
  await send();
  assert.equal((await client.messages.list()).length, before + 2);
  assert.equal((await server.control('GET', `/faults/${sid}`)).json.struck, rows.length + 1);
  const told = await server.event('fault.struck', (each) => each.data.code === 21702);
  assert.deepEqual([told.subject, told.data.do, told.data.from], [to, 'refuse', server.number]);
  await server.control('DELETE', '/faults');
  await send();
  for (const wrong of [{ do: 'refuse' }, { do: 'refuse', code: 21618, status: 200 }, { script: [{ do: 'refuse', code: 21618 }, { do: 'fail' }] }])
    assert.equal((await server.control('POST', '/faults', { json: wrong })).json.code, 20001, JSON.stringify(wrong));
});

test('what only carriers know, the lab says of a message', async () => {
  const codes = [30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008, 30009, 30010, 30011, 30017, 30018, 30019, 30022, 30023, 30024, 30027, 30032, 30034, 30035, 30036, 30410, 30450, 30453, 30454];
  const phone = '+15558675399';
  await server.control('POST', '/faults', { json: { to: phone, script: codes.map((code) => ({ do: 'fail', code })) } });
  for (const code of codes) {
    const { sid } = await client.messages.create({ to: phone, from: server.number, body: 'x' });
    await reaches(sid, 'undelivered');
    const message = await client.messages(sid).fetch();
    assert.equal(message.errorCode, code);
    assert.match(message.errorMessage, /^[A-Z][^.]{8,80}$/, 'in words');
    assert.doesNotMatch(message.errorMessage, /^Error \d/);
  }
  await server.control('DELETE', '/faults');
});

test('FallbackFrom alone: 21666; calls with test credentials: 21201, 21213, 21209', async () => {
  const answer = await server.messages('', 'POST', { To: to, Body: 'x', FallbackFrom: server.number });
  assert.deepEqual([answer.status, answer.json.code], [400, 21666]);
  const call = (form) => server.request('api', 'POST', `/2010-04-01/Accounts/${server.testSid}/Calls.json`,
    { form, auth: `Basic ${Buffer.from(`${server.testSid}:${server.testToken}`).toString('base64')}` });
  const good = { To: '+14155550100', From: '+15005550006', Url: 'https://example.com/voice' };
  for (const [form, code] of [[{ ...good, To: '' }, 21201], [{ ...good, From: '' }, 21213], [{ ...good, Method: 'PUT' }, 21209]])
    assert.equal((await call(form)).json.code, code);
});

test('what concerns the whole program is not for tenants: 20006', async () => {
  const tenant = (await server.control('POST', '/tenants', { json: {} })).json;
  const answer = await server.request(null, 'POST', '/_dialtone/v1/reset', { auth: `Basic ${Buffer.from(`${tenant.sid}:${tenant.auth_token}`).toString('base64')}` });
  assert.deepEqual([answer.status, answer.json.code], [403, 20006]);
});

test('an account has 1000 subaccounts at most: 21480', async () => {
  const parent = client.api.v2010.accounts;
  const there = (await parent.list({ status: 'active' })).length - 1;
  for (let i = there; i < 1000; i += 100)
    await Promise.all(Array.from({ length: Math.min(100, 1000 - i) }, () => parent.create({})));
  await fails(parent.create({}), 21480);
  const [one] = await parent.list({ limit: 1 });
  await parent(one.sid).update({ status: 'closed' });
  await parent.create({});
});
