// The instruments: waiting for what happens, a clock that can be held, signatures explained.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start();
  client = server.twilio();
});
after(async () => { await server.stop(); });

const awaitEntry = (query) => server.control('GET', `/await?${query}`);
const position = async () => (await server.control('GET', '/health')).json.journal_position;

test('one call gets a one-time password, sent before or after it', async () => {
  const after = await position();
  await client.messages.create({ to: server.handset, from: server.number, body: 'Your code is 424242.' });
  const query = new URLSearchParams({ kind: 'message', to: server.handset, 'body~': 'code is (\\d{6})', after, timeout: '10s' });
  const past = await awaitEntry(query);
  assert.equal(past.status, 200);
  assert.deepEqual(past.json.groups, ['424242']);
  query.set('after', past.json.position + 20);
  query.set('body~', 'second (\\w+)');
  const coming = awaitEntry(query);
  await client.messages.create({ to: server.handset, from: server.number, body: 'the second word' });
  for (let i = 0; i < 5; ++i) await client.messages.create({ to: server.handset, from: server.number, body: 'the second word' });
  assert.deepEqual((await coming).json.groups, ['word']);
});

test('Verify\'s codes, which are in no message log, are found too', async () => {
  const service = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const after = await position();
  await client.verify.v2.services(service.sid).verifications.create({ to: server.handset, channel: 'sms' });
  const { json } = await awaitEntry(new URLSearchParams({ kind: 'message', to: server.handset, 'body~': '(\\d{6})', after }));
  const checked = await client.verify.v2.services(service.sid).verificationChecks.create({ to: server.handset, code: json.groups[0] });
  assert.equal(checked.status, 'approved');
});

test('nothing in time is 408, and bad questions are told', async () => {
  assert.equal((await awaitEntry('kind=message&to=%2B1999&timeout=50ms')).status, 408);
  for (const query of ['body~=(', 'timeout=soon', 'timeout=1000s', 'after=x', 'timeout=-1s']) {
    const answer = await awaitEntry(query);
    assert.deepEqual([answer.status, answer.json.code], [400, 20001], query);
  }
});

test('a message for next week is sent when the clock is moved there, and a code expires', async () => {
  const service = await client.messaging.v1.services.create({ friendlyName: 'Later' });
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: server.number });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const sendAt = new Date(Date.now() + 7 * 24 * 3600 * 1000);
  const message = await client.messages.create({ to: server.handset, from: server.number, messagingServiceSid: service.sid, body: 'See you', scheduleType: 'fixed', sendAt });
  assert.equal(message.status, 'scheduled');
  const verify = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const to = '+14155554321';
  await client.verify.v2.services(verify.sid).verifications.create({ to, channel: 'sms' });
  const code = /\d{6}/.exec((await server.waitForMessage(to)).body)[0];
  const after = await position();
  const frozen = await server.control('POST', '/clock/freeze');
  assert.equal(frozen.json.frozen, true);
  assert.ok(frozen.json.next_timer);
  const moved = await server.control('POST', '/clock/advance', { json: { by: '8d' } });
  assert.ok(new Date(moved.json.time) > sendAt);
  const sent = await awaitEntry(new URLSearchParams({ kind: 'message.delivered', subject: message.sid, after }));
  assert.equal(sent.status, 200);
  assert.ok((await client.messages(message.sid).fetch()).dateSent > sendAt);
  await assert.rejects(client.verify.v2.services(verify.sid).verificationChecks.create({ to, code }), { status: 404 });
  const set = await server.control('POST', '/clock/set', { json: { time: '2040-02-03T04:05:06Z' } });
  assert.equal(set.json.time, '2040-02-03T04:05:06.000000Z');
  assert.equal((await server.control('POST', '/clock/resume')).json.frozen, false);
  for (const body of [{ by: 'x' }, { by: '-1s' }, {}]) assert.equal((await server.control('POST', '/clock/advance', { json: body })).status, 400);
});

test('a signature that does not fit is explained', async () => {
  const url = 'https://example.com/sms?x=1';
  const params = { From: '+15558675310', Body: 'Hi', Empty: '' };
  const right = (await server.control('POST', '/signature/explain', { json: { url, params } })).json;
  assert.equal(right.signed_text, 'https://example.com/sms?x=1BodyHiEmptyFrom+15558675310');
  const twilio = (await import('twilio')).default;
  assert.ok(twilio.validateRequest(server.token, right.signature, url, params));
  const behindProxy = twilio.getExpectedTwilioSignature ?? (await import('twilio/lib/webhooks/webhooks.js')).getExpectedTwilioSignature;
  for (const [seen, meaning] of [['http://example.com/sms?x=1', /scheme was http /], ['https://example.com:443/sms?x=1', /default port :443/], ['https://example.com/sms', /query was left out/], ['https://example.com/sms/?x=1', /trailing slash was added/]]) {
    const { json } = await server.control('POST', '/signature/explain', { json: { url, params, signature: behindProxy(server.token, seen, params) } });
    assert.match(json.verdict, meaning);
  }
});
