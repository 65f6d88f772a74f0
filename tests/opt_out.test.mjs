// STOP, START and HELP: what is answered, who may not write any more, and how a service has words of its own.

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
const stopped = 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.';
const started = 'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.';
const helped = 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.';

/** What the phone is answered. */
async function says(phone, number, body) {
  const { sid } = await server.text(phone, number, body);
  return (await server.waitForMessage(phone, { from: number, after: sid })).body;
}
const write = (from, to) => client.messages.create({ from, to, body: 'news' });

test('the words, and nothing but them', limit, async () => {
  const number = (await server.newNumber()).phone_number;
  for (const word of ['STOP', 'StopAll', ' unsubscribe\n', 'cancel', 'End', 'quit', 'REVOKE', 'optout']) {
    const phone = await server.newHandset();
    assert.equal(await says(phone, number, word), stopped, word);
    await assert.rejects(write(number, phone), { status: 400, code: 21610, message: 'Attempt to send to unsubscribed recipient' }, word);
    const back = { STOP: 'START', End: 'Yes', quit: 'unstop' }[word];
    if (!back) continue;
    assert.equal(await says(phone, number, back), started, back);
    assert.equal((await write(number, phone)).status, 'queued');
  }
  const phone = await server.newHandset();
  for (const word of ['help', 'INFO']) assert.equal(await says(phone, number, word), helped, word);
  for (const word of ['stop it', 'STOP.', 'no stop', 'yes', 'START']) await server.text(phone, number, word);
  assert.equal((await write(number, phone)).status, 'queued');
  const got = (await server.control('GET', `/handsets/${encodeURIComponent(phone)}/messages`)).json.messages;
  assert.deepEqual(got.map((each) => each.body), ['news', helped, helped]);
});

test('outside of a service it is between two numbers; the application hears of it and may not answer', limit, async () => {
  const number = (await server.newNumber({ SmsUrl: hooks.on('/stop', twiml('<Message>but why?</Message>')) })).phone_number;
  const other = (await server.newNumber()).phone_number;
  const [phone, neighbour] = [await server.newHandset(), await server.newHandset()];
  const { sid } = await server.text(phone, number, 'STOP');
  const asked = await hooks.next('/stop');
  assert.deepEqual([asked.params.Body, asked.params.OptOutType], ['STOP', undefined]);
  const alerts = await server.alertsOf(sid);
  assert.deepEqual(alerts.map((each) => each.error_code), ['21610']);
  const [reply] = await client.messages.list({ from: number, to: phone });
  assert.deepEqual([reply.status, reply.errorCode, reply.direction, reply.body], ['failed', 21610, 'outbound-reply', 'but why?']);
  assert.equal((await write(other, phone)).status, 'queued');
  assert.equal((await write(number, neighbour)).status, 'queued');
  await assert.rejects(write(number, phone), { code: 21610 });
  // The answers themselves are no resources.
  assert.deepEqual((await client.messages.list({ from: number, to: phone })).map((each) => each.sid), [reply.sid]);
});

test('in a service it is for the whole pool', limit, async () => {
  const [one, two] = [await server.newNumber(), await server.newNumber()];
  const service = await client.messaging.v1.services.create({ friendlyName: 'pool' });
  for (const each of [one, two]) await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: each.sid });
  const phone = await server.newHandset();
  const scheduled = await client.messages.create({ to: phone, messagingServiceSid: service.sid, body: 'later', scheduleType: 'fixed', sendAt: new Date(Date.now() + 3_600_000), statusCallback: hooks.on('/late', { status: 204 }) });
  assert.equal(await says(phone, one.phone_number, 'STOP'), stopped);
  await assert.rejects(client.messages.create({ to: phone, messagingServiceSid: service.sid, body: 'x' }), { code: 21610 });
  for (const each of [one, two]) await assert.rejects(write(each.phone_number, phone), { code: 21610 });
  await server.control('POST', '/clock/advance', { json: { by: '3700s' } });
  assert.equal((await hooks.next('/late')).params.ErrorCode, '21610');
  assert.equal((await client.messages(scheduled.sid).fetch()).status, 'failed');
  assert.equal(await says(phone, two.phone_number, 'START'), started);
  assert.equal((await client.messages.create({ to: phone, messagingServiceSid: service.sid, body: 'x' })).status, 'accepted');
});

test('toll-free numbers answer as the network does', limit, async () => {
  const number = (await server.newNumber({ AreaCode: undefined, PhoneNumber: '+18005550142' })).phone_number;
  const phone = await server.newHandset();
  for (const word of ['QUIT', 'CANCEL']) await server.text(phone, number, word);
  assert.equal((await write(number, phone)).status, 'queued');
  assert.equal(await says(phone, number, 'stop'), 'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. Text back "unstop" to receive messages again.');
  await assert.rejects(write(number, phone), { code: 21610 });
  assert.equal(await says(phone, number, 'Unstop'), 'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.');
  assert.equal((await write(number, phone)).status, 'queued');
});

test('Advanced Opt-Out: a service with words and answers of its own', limit, async () => {
  const number = await server.newNumber();
  const service = await client.messaging.v1.services.create({ friendlyName: 'own words', inboundRequestUrl: hooks.on('/own', { status: 204 }) });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const path = `/messaging-services/${service.sid}/opt-out`;
  assert.equal((await server.control('GET', path)).json.enabled, false);
  const set = await server.control('PUT', path, { json: { stop: { keywords: ['stop', 'ARRÊT', 'Basta'], answer: 'Bye.' }, help: { answer: '' } } });
  assert.deepEqual([set.status, set.json.enabled, set.json.stop, set.json.start.keywords], [200, true, { keywords: ['STOP', 'ARRÊT', 'BASTA'], answer: 'Bye.' }, ['START', 'YES', 'UNSTOP']]);
  const phone = await server.newHandset();
  assert.equal(await says(phone, number.phone_number, 'basta'), 'Bye.');
  assert.equal((await hooks.next('/own', (each) => each.params.Body === 'basta')).params.OptOutType, 'STOP');
  await assert.rejects(write(number.phone_number, phone), { code: 21610 });
  assert.equal(await says(phone, number.phone_number, 'START'), started);
  assert.equal((await hooks.next('/own', (each) => each.params.Body === 'START')).params.OptOutType, 'START');
  await server.text(phone, number.phone_number, 'help');
  assert.equal((await hooks.next('/own', (each) => each.params.Body === 'help')).params.OptOutType, 'HELP');
  assert.equal((await hooks.next('/own', (each) => each.params.Body === 'help')).params.MessagingServiceSid, service.sid);
  for (const json of [{ stop: 'STOP' }, { stop: { keywords: 'STOP' } }, { stop: { keywords: [''] } }, { help: { answer: 'x'.repeat(321) } }]) {
    assert.equal((await server.control('PUT', path, { json })).status, 400, JSON.stringify(json));
  }
  assert.equal((await server.control('PUT', `/messaging-services/MG${'0'.repeat(32)}/opt-out`, { json: {} })).status, 404);
  assert.equal((await server.control('DELETE', path)).json.enabled, false);
  await server.text(phone, number.phone_number, 'basta');
  assert.equal((await write(number.phone_number, phone)).status, 'queued');
});

test('an opt-out outlives a restart', limit, async () => {
  const own = await Server.start({ data: true });
  try {
    await own.text(own.handset, own.number, 'STOP');
    await own.kill();
    await own.launch();
    await assert.rejects(own.twilio().messages.create({ to: own.handset, from: own.number, body: 'x' }), { code: 21610 });
    await own.waitForMessage(own.handset, { contains: 'unsubscribed' });
  } finally {
    await own.stop();
  }
});
