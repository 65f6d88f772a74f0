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
  const soon = await schedule(1);
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
