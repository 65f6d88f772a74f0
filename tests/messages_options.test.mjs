// What a message may say beside To, From and Body: how long it may wait, what is to be forgotten, feedback, callbacks of
// an application; short codes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
let client;
before(async () => {
  [server, hooks] = await Promise.all([Server.start(), Hooks.start()]);
  client = server.twilio();
});
after(() => Promise.all([server.stop(), hooks.close()]));

const limit = { timeout: 60_000 };

test('feedback is taken of messages that asked for it', limit, async () => {
  const plain = await client.messages.create({ to: server.handset, from: server.number, body: 'x' });
  await assert.rejects(client.messages(plain.sid).feedback.create({ outcome: 'confirmed' }), { status: 400 });
  const asked = await client.messages.create({ to: server.handset, from: server.number, body: 'x', provideFeedback: true });
  const first = await client.messages(asked.sid).feedback.create();
  assert.deepEqual([first.outcome, first.messageSid, first.accountSid], ['unconfirmed', asked.sid, server.sid]);
  const second = await client.messages(asked.sid).feedback.create({ outcome: 'confirmed' });
  assert.equal(second.outcome, 'confirmed');
  assert.deepEqual(second.dateCreated, first.dateCreated);
  const odd = await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Messages/${asked.sid}/Feedback.json`, { form: { Outcome: 'maybe' } });
  assert.equal(odd.status, 400);
  await assert.rejects(client.messages(`SM${'0'.repeat(32)}`).feedback.create({ outcome: 'confirmed' }), { status: 404 });
});

test('what is not to be retained is forgotten once the message is delivered', limit, async () => {
  const sent = await client.messages.create({ to: server.handset, from: server.number, body: 'a secret', contentRetention: 'discard', addressRetention: 'obfuscate' });
  assert.equal(sent.body, 'a secret');
  assert.equal((await server.waitForMessage(server.handset, { contains: 'a secret' })).body, 'a secret');
  const kept = await client.messages(sent.sid).fetch();
  assert.deepEqual([kept.status, kept.body, kept.to], ['delivered', '', `${server.handset.slice(0, -4)}XXXX`]);
});

test("an application's callback is asked, unless the message has its own", limit, async () => {
  const application = await client.applications.create({ friendlyName: 'app', messageStatusCallback: hooks.on('/app', { status: 204 }) });
  const sent = await client.messages.create({ to: server.handset, from: server.number, body: 'x', applicationSid: application.sid });
  assert.equal((await hooks.next('/app', (each) => each.params.MessageStatus === 'delivered')).params.MessageSid, sent.sid);
  await client.messages.create({ to: server.handset, from: server.number, body: 'x', applicationSid: application.sid, statusCallback: hooks.on('/mine', { status: 204 }) });
  await hooks.all('/mine', 2);
  assert.equal(hooks.requests.filter((each) => each.path === '/app').length, 2);
});

test('short codes: given by the control API, then senders and receivers like numbers', limit, async () => {
  const made = await server.control('POST', '/short-codes', { json: { short_code: '55512', sms_url: hooks.on('/code', twiml('<Message>from the code</Message>')) } });
  assert.equal(made.status, 201);
  for (const [json, status] of [[{ short_code: '55512' }, 400], [{ short_code: '1' }, 400], [{ short_code: 'x' }, 400], [{}, 400], [{ short_code: '55513', sms_url: 'x' }, 400]]) {
    assert.equal((await server.control('POST', '/short-codes', { json })).status, status, JSON.stringify(json));
  }
  const [listed] = await client.shortCodes.list({ shortCode: '55512' });
  assert.deepEqual([listed.sid, listed.shortCode, listed.friendlyName], [made.json.sid, '55512', '55512']);
  const phone = await server.newHandset();
  assert.equal((await client.messages.create({ to: phone, from: '55512', body: 'out' })).from, '55512');
  assert.equal((await server.waitForMessage(phone)).from, '55512');
  await server.text(phone, '55512', 'STOP');  // its owner's business
  assert.equal((await server.waitForMessage(phone, { contains: 'the code' })).from, '55512');
  assert.equal((await hooks.next('/code')).params.To, '55512');
  const changed = await client.shortCodes(made.json.sid).update({ friendlyName: 'code', smsUrl: hooks.on('/other', { status: 204 }) });
  assert.equal(changed.friendlyName, 'code');
  await server.text(phone, '55512', 'again');
  assert.equal((await hooks.next('/other')).params.Body, 'again');
  await assert.rejects(client.shortCodes(made.json.sid).update({ smsUrl: 'nowhere' }), { code: 21402 });
  // In a pool it comes first, for its country.
  const service = await client.messaging.v1.services.create({ friendlyName: 'with a code' });
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: server.number });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const sender = await client.messaging.v1.services(service.sid).shortCodes.create({ shortCodeSid: made.json.sid });
  assert.deepEqual([sender.shortCode, sender.countryCode], ['55512', 'US']);
  await client.messages.create({ to: phone, messagingServiceSid: service.sid, body: 'by the pool' });
  assert.equal((await server.waitForMessage(phone, { contains: 'by the pool' })).from, '55512');
  await assert.rejects(server.text(phone, '99999', 'nobody'), /404/);
});

test('a message that waits longer than it may has expired', limit, async () => {
  const fault = await server.control('POST', '/faults', { json: { do: 'down', to: '+15558670111' } });
  assert.equal(fault.status, 201, fault.text);
  const sent = await client.messages.create({ to: '+15558670111', from: server.number, body: 'x', validityPeriod: 60, statusCallback: hooks.on('/expired', { status: 204 }) });
  await server.control('POST', '/clock/advance', { json: { by: '120s' } });
  const told = await hooks.next('/expired');
  assert.deepEqual([told.params.MessageStatus, told.params.ErrorCode], ['failed', '30036']);
  assert.equal((await client.messages(sent.sid).fetch()).errorCode, 30036);
});
