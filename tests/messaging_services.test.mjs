// Messaging services: who is in the pool, who sends, where answers and statuses go; schedules without a fixed sender.

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
let count = 0;

async function serviceWith(numbers, parameters = {}) {
  const service = await client.messaging.v1.services.create({ friendlyName: `pool ${++count}`, ...parameters });
  for (const number of numbers) await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  return service;
}

/** What the handset gets through the service. */
async function arrives(service, to, parameters = {}) {
  const sent = await client.messages.create({ to, messagingServiceSid: service.sid, body: `no ${++count}`, ...parameters });
  assert.equal(sent.status, 'accepted');
  assert.equal(sent.from, null);
  return server.waitForMessage(to, { contains: sent.body });
}

test('a service has defaults, is changed, listed and deleted', limit, async () => {
  const made = await client.messaging.v1.services.create({ friendlyName: 'mine' });
  assert.match(made.sid, /^MG[0-9a-f]{32}$/);
  assert.deepEqual([made.stickySender, made.smartEncoding, made.mmsConverter, made.areaCodeGeomatch, made.validityPeriod, made.inboundMethod, made.useInboundWebhookOnNumber, made.usecase],
    [true, true, true, true, 36000, 'POST', false, 'undeclared']);
  assert.equal(made.links.phone_numbers, `https://messaging.twilio.com/v1/Services/${made.sid}/PhoneNumbers`);
  const changed = await client.messaging.v1.services(made.sid).update({ stickySender: false, inboundRequestUrl: 'https://example.com/in' });
  assert.deepEqual([changed.stickySender, changed.inboundRequestUrl, changed.friendlyName], [false, 'https://example.com/in', 'mine']);
  assert.ok((await client.messaging.v1.services.list()).some((each) => each.sid === made.sid));
  for (const [form, code] of [[{}, 20001], [{ FriendlyName: 'x'.repeat(65) }, 20002], [{ FriendlyName: 'x', ValidityPeriod: 0 }, 21624], [{ FriendlyName: 'x', ValidityPeriod: 36001 }, 21624],
    [{ FriendlyName: 'x', StatusCallback: 'nowhere' }, 21402]]) {
    const answer = await server.request('messaging', 'POST', '/v1/Services', { form });
    assert.deepEqual([answer.status, answer.json.code], [400, code], JSON.stringify(form));
    assert.equal(answer.headers['dialtone-behaviour'], undefined);
  }
  assert.equal(await client.messaging.v1.services(made.sid).remove(), true);
  await assert.rejects(client.messaging.v1.services(made.sid).fetch(), { status: 404, code: 20404 });
  await assert.rejects(client.messages.create({ to: server.handset, messagingServiceSid: made.sid, body: 'x' }), { status: 404, code: 21701 });
});

test('numbers come into one pool at a time and leave it when they are released', limit, async () => {
  const [one, two] = [await serviceWith([]), await serviceWith([])];
  const number = await server.newNumber();
  const pool = client.messaging.v1.services(one.sid).phoneNumbers;
  const made = await pool.create({ phoneNumberSid: number.sid });
  assert.deepEqual([made.sid, made.phoneNumber, made.countryCode, made.capabilities, made.serviceSid], [number.sid, number.phone_number, 'US', ['MMS', 'SMS', 'Voice'], one.sid]);
  assert.equal(made.url, `https://messaging.twilio.com/v1/Services/${one.sid}/PhoneNumbers/${number.sid}`);
  await assert.rejects(pool.create({ phoneNumberSid: number.sid }), { status: 409, code: 21710 });
  await assert.rejects(client.messaging.v1.services(two.sid).phoneNumbers.create({ phoneNumberSid: number.sid }), { status: 409, code: 21712 });
  await assert.rejects(pool.create({ phoneNumberSid: `PN${'0'.repeat(32)}` }), { code: 21421 });
  assert.deepEqual((await pool.list()).map((each) => each.sid), [number.sid]);
  assert.equal((await client.messaging.v1.services(one.sid).phoneNumbers(number.sid).fetch()).phoneNumber, number.phone_number);
  assert.equal(await client.messaging.v1.services(one.sid).phoneNumbers(number.sid).remove(), true);
  await client.messaging.v1.services(two.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  await client.incomingPhoneNumbers(number.sid).remove();
  assert.deepEqual(await client.messaging.v1.services(two.sid).phoneNumbers.list(), []);
  await assert.rejects(client.messages.create({ to: server.handset, messagingServiceSid: two.sid, body: 'x' }), { code: 21704 });
});

test('alphanumeric senders: for all countries, for one, and not where they are not shown', limit, async () => {
  const service = await serviceWith([]);
  const services = client.messaging.v1.services(service.sid);
  const made = await services.alphaSenders.create({ alphaSender: 'Dialtone' });
  assert.match(made.sid, /^AI/);
  assert.deepEqual(made.capabilities, ['SMS']);
  const german = await services.destinationAlphaSenders.create({ alphaSender: 'Wählton'.replace('ä', 'a'), isoCountryCode: 'DE' });
  assert.equal(german.isoCountryCode, 'DE');
  assert.deepEqual((await services.destinationAlphaSenders.list({ isoCountryCode: 'DE' })).map((each) => each.alphaSender), ['Wahlton']);
  assert.deepEqual(await services.destinationAlphaSenders.list({ isoCountryCode: 'FR' }), []);
  for (const [alphaSender, code] of [['', 21708], ['12345', 21709], ['much too long', 21709], ['Dialtone', 21710]]) {
    await assert.rejects(services.alphaSenders.create({ alphaSender }), { code }, alphaSender);
  }
  assert.equal((await arrives(service, '+4915112345678')).from, 'Wahlton');
  assert.equal((await arrives(service, '+33612345678')).from, 'Dialtone');
  await assert.rejects(client.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: 'x' }), { code: 21703 });
  await assert.rejects(client.messages.create({ to: server.handset, from: 'Dialtone', body: 'x' }), { code: 21612 });
});

test('who sends: the same as before, the same area, the same country, each in its turn', limit, async () => {
  const [a, b, uk] = [await server.newNumber({ AreaCode: '628' }), await server.newNumber({ AreaCode: '628' }), await server.newNumber({ AreaCode: undefined, PhoneNumber: '+447400123456' })];
  const service = await serviceWith([a, b, uk]);
  const phones = ['+14155550150', '+14155550151', '+14155550152', '+14155550153'];
  const first = [];
  for (const phone of phones) first.push((await arrives(service, phone)).from);
  assert.deepEqual(new Set(first), new Set([a.phone_number, b.phone_number]), 'load is spread over both');
  for (const [i, phone] of phones.entries()) assert.equal((await arrives(service, phone)).from, first[i], 'sticky');
  assert.equal((await arrives(service, '+447400654321')).from, uk.phone_number, 'of the country');
  assert.match((await arrives(service, '+33612345679')).from, /^\+1628/, 'else a US number');
  const local = await server.newNumber({ AreaCode: '212' });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: local.sid });
  assert.equal((await arrives(service, '+12125550150')).from, local.phone_number, 'of the area');
  // The one it had leaves: another takes its place.
  const left = first[0] === a.phone_number ? a : b;
  await client.messaging.v1.services(service.sid).phoneNumbers(left.sid).remove();
  assert.notEqual((await arrives(service, phones[0])).from, left.phone_number);
  // Without stickiness turns go round.
  await client.messaging.v1.services(service.sid).update({ stickySender: false, areaCodeGeomatch: false });
  const turns = [];
  for (let i = 0; i < 4; ++i) turns.push((await arrives(service, phones[1])).from);
  assert.equal(new Set(turns).size, 2, turns.join());
  // A sender that is named is of the pool.
  assert.equal((await server.waitForMessage(phones[1], { contains: (await client.messages.create({ to: phones[1], from: local.phone_number, messagingServiceSid: service.sid, body: 'named' })).body })).from, local.phone_number);
  await assert.rejects(client.messages.create({ to: phones[1], from: server.number, messagingServiceSid: service.sid, body: 'x' }), { code: 21711 });
  // From may be the service's SID.
  assert.equal((await client.messages.create({ to: phones[1], from: service.sid, body: 'x' })).messagingServiceSid, service.sid);
});

test('statuses go to the service, text is made to fit, unless the message says otherwise', limit, async () => {
  const number = await server.newNumber();
  const service = await serviceWith([number], { statusCallback: hooks.on('/service', { status: 204 }) });
  const sent = await client.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: '“Quoted” — yes…' });
  const told = await hooks.until(() => {
    const found = hooks.requests.filter((each) => each.path === '/service' && each.params.MessageSid === sent.sid);
    return found.length === 3 ? found : undefined;
  }, 'three statuses');
  assert.deepEqual(told.map((each) => each.params.MessageStatus), ['queued', 'sent', 'delivered']);
  assert.ok(told.every((each) => each.params.MessagingServiceSid === service.sid && each.params.From === number.phone_number));
  const got = await client.messages(sent.sid).fetch();
  assert.deepEqual([got.body, got.numSegments, got.from, got.status], ['"Quoted" - yes...', '1', number.phone_number, 'delivered']);
  const own = await client.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: '“Own”', smartEncoded: false, statusCallback: hooks.on('/own', { status: 204 }) });
  await hooks.all('/own', 3);
  assert.equal((await client.messages(own.sid).fetch()).body, '“Own”');
  assert.equal(hooks.requests.filter((each) => each.path === '/service' && each.params.MessageSid === own.sid).length, 0);
});

test('what comes in goes to the service, to the number, or nowhere', limit, async () => {
  const number = await server.newNumber({ SmsUrl: hooks.on('/number', twiml('<Message>number</Message>')) });
  const service = await serviceWith([number], { inboundRequestUrl: hooks.on('/inbound', twiml('<Message>service</Message>')) });
  const phone = await server.newHandset();
  const sent = await server.text(phone, number.phone_number, 'to the service');
  assert.equal((await server.waitForMessage(phone)).body, 'service');
  const asked = await hooks.next('/inbound');
  assert.equal(asked.params.MessagingServiceSid, service.sid);
  assert.ok(hooks.isSigned(asked, server.token));
  assert.equal((await client.messages(sent.sid).fetch()).messagingServiceSid, service.sid);
  // The fallback is the service's, too.
  hooks.on('/inbound', { status: 500 });
  await client.messaging.v1.services(service.sid).update({ fallbackUrl: hooks.on('/fallback', twiml('<Message>fallback</Message>')), fallbackMethod: 'GET' });
  await server.text(phone, number.phone_number, 'again');
  assert.equal((await server.waitForMessage(phone, { contains: 'fallback' })).body, 'fallback');
  assert.equal((await hooks.next('/fallback')).method, 'GET');
  await client.messaging.v1.services(service.sid).update({ useInboundWebhookOnNumber: true });
  await server.text(phone, number.phone_number, 'to the number');
  assert.equal((await server.waitForMessage(phone, { contains: 'number' })).body, 'number');
});

test('a scheduled message gets its sender when it is due', limit, async () => {
  const [one, two] = [await server.newNumber(), await server.newNumber()];
  const service = await serviceWith([one]);
  const phone = await server.newHandset();
  const sent = await client.messages.create({ to: phone, messagingServiceSid: service.sid, body: 'later', scheduleType: 'fixed', sendAt: new Date(Date.now() + 3_600_000) });
  assert.deepEqual([sent.status, sent.from], ['scheduled', null]);
  await client.messaging.v1.services(service.sid).phoneNumbers(one.sid).remove();
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: two.sid });
  await server.control('POST', '/clock/advance', { json: { by: '3700s' } });
  assert.equal((await server.waitForMessage(phone)).from, two.phone_number);
  const lost = await client.messages.create({ to: phone, messagingServiceSid: service.sid, body: 'never', scheduleType: 'fixed', sendAt: new Date(Date.now() + 2 * 3_600_000), statusCallback: hooks.on('/lost', { status: 204 }) });
  await client.messaging.v1.services(service.sid).phoneNumbers(two.sid).remove();
  await server.control('POST', '/clock/advance', { json: { by: '3700s' } });
  const told = await hooks.next('/lost');
  assert.deepEqual([told.params.MessageStatus, told.params.ErrorCode], ['failed', '21704']);
  assert.equal((await client.messages(lost.sid).fetch()).errorCode, 21704);
});

test('services, pools and turns outlive a restart', limit, async () => {
  const own = await Server.start({ data: true });
  try {
    const [number] = await own.twilio().incomingPhoneNumbers.list();
    const service = await own.twilio().messaging.v1.services.create({ friendlyName: 'kept', smartEncoding: false });
    await own.twilio().messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
    await own.kill();
    await own.launch();
    const sent = await own.twilio().messages.create({ to: own.handset, messagingServiceSid: service.sid, body: '“x”' });
    assert.equal(sent.body, '“x”');
    assert.equal((await own.waitForMessage(own.handset)).from, number.phoneNumber);
    await assert.rejects(own.twilio().messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid }), { code: 21710 });
  } finally {
    await own.stop();
  }
});
