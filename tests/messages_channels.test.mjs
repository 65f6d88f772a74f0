// Create parameters that decide how a message travels: as MMS, with a place on a map, from a long code where a network
// takes nothing from short codes; and that no parameter of the catalogue goes untested.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Catalogue, merged } from './support/openapi.mjs';
import { Hooks } from './support/hooks.mjs';
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
const settled = async (sid) => {
  await server.control('GET', `/await?kind=message&subject=${sid}&status=delivered&after=0&timeout=10s`);
  return client.messages(sid).fetch();
};
const raw = async (form) => (await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Messages.json`, { form })).json;

test('SendAsMms: one MMS at its price, however long the text', limit, async () => {
  const long = 'x'.repeat(500);
  const plain = await client.messages.create({ to: server.handset, from: server.number, body: long });
  assert.deepEqual([plain.sid.slice(0, 2), plain.numSegments], ['SM', '4']);
  const sent = await client.messages.create({ to: server.handset, from: server.number, body: long, sendAsMms: true });
  assert.deepEqual([sent.sid.slice(0, 2), sent.numSegments, sent.numMedia, sent.status], ['MM', '1', '0', 'queued']);
  const done = await settled(sent.sid);
  assert.deepEqual([done.status, done.price, done.numSegments], ['delivered', '-0.02000', '1']);
  assert.equal((await raw({ To: server.handset, From: server.number, Body: 'x', SendAsMms: 'false' })).sid.slice(0, 2), 'SM');
});

test('SendAsMms: a number without MMS is refused, a service turns to one that has it', limit, async () => {
  const without = await server.newNumber({ AreaCode: '', PhoneNumber: '+447400123456' });
  await assert.rejects(client.messages.create({ to: '+447400123457', from: without.phone_number, body: 'x', sendAsMms: true }), { code: 21621, status: 400 });
  const service = await client.messaging.v1.services.create({ friendlyName: 'mms', mmsConverter: false });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: without.sid });
  await assert.rejects(client.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: 'x', sendAsMms: true }), { code: 21703 });
  const able = await server.newNumber({ AreaCode: '707' });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: able.sid });
  const sent = await client.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: 'y'.repeat(300), sendAsMms: true });
  const done = await settled(sent.sid);
  assert.deepEqual([done.sid.slice(0, 2), done.from, done.numSegments, done.price], ['MM', able.phone_number, '1', '-0.02000']);
});

test('SendAsMms: with the MMS converter a sender without MMS sends it as SMS', limit, async () => {
  const without = await server.newNumber({ AreaCode: '', PhoneNumber: '+447400123458' });
  const service = await client.messaging.v1.services.create({ friendlyName: 'sms' });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: without.sid });
  const sent = await client.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: 'z'.repeat(300), sendAsMms: true });
  assert.equal((await settled(sent.sid)).numSegments, '2');
});

test('PersistentAction: a place goes along with WhatsApp, and with nothing else', limit, async () => {
  const place = 'geo:37.787890,-122.391664|375 Beale St';
  const from = `whatsapp:${server.number}`;
  const message = await client.messages.create({ to: `whatsapp:${server.handset}`, from, body: 'Where we are', persistentAction: [place] });
  assert.equal((await settled(message.sid)).status, 'delivered');
  const shown = await server.waitForMessage(server.handset, { contains: 'Where we are' });
  assert.deepEqual(shown.location, { latitude: 37.78789, longitude: -122.391664, label: '375 Beale St' });
  const sms = await client.messages.create({ to: server.handset, from: server.number, body: 'By SMS', persistentAction: [place] });
  await settled(sms.sid);
  assert.equal((await server.waitForMessage(server.handset, { contains: 'By SMS' })).location, undefined);

  const bad = await client.messages.create({ to: `whatsapp:${server.handset}`, from, body: 'x', persistentAction: ['geo:91,0'], statusCallback: hooks.on('/status', { status: 204 }) });
  const failed = await hooks.next('/status', (each) => each.params.MessageSid === bad.sid);
  assert.deepEqual([failed.params.MessageStatus, failed.params.ErrorCode], ['failed', '63021']);
  assert.equal((await client.messages(bad.sid).fetch()).errorMessage, 'Channel invalid content error');
});

test('MessageIntent is told with the message in the journal', limit, async () => {
  const { sid } = await raw({ To: server.handset, From: server.number, Body: 'x', MessageIntent: 'otp' });
  const found = await server.control('GET', `/await?kind=message.queued&subject=${sid}&after=0&timeout=10s`);
  assert.equal(found.json.data.intent, 'otp');
});

test('what a parameter may not be', limit, async () => {
  for (const [name, value] of [['TrafficType', 'paid'], ['RiskCheck', 'maybe'], ['ContentRetention', 'keep'], ['AddressRetention', 'x']]) {
    const answer = await raw({ To: server.handset, From: server.number, Body: 'x', [name]: value });
    assert.deepEqual([answer.code, answer.status], [20001, 400], name);
  }
  assert.match((await raw({ To: server.handset, From: server.number, Body: 'x', TrafficType: 'free' })).sid, /^SM/);
});

test('FallbackToLongCode: what a network does not take from a short code comes from a number of the pool', limit, async () => {
  const code = (await server.control('POST', '/short-codes', { json: { short_code: '55577' } })).json;
  const number = await server.newNumber({ AreaCode: '707' });
  const { sid: service } = await client.messaging.v1.services.create({ friendlyName: 'both' });
  await client.messaging.v1.services(service).shortCodes.create({ shortCodeSid: code.sid });
  await client.messaging.v1.services(service).phoneNumbers.create({ phoneNumberSid: number.sid });
  const phone = await server.newHandset();
  const send = async (body) => {
    const { sid } = await client.messages.create({ to: phone, messagingServiceSid: service, body, statusCallback: hooks.on('/code', { status: 204 }) });
    await hooks.next('/code', (each) => each.params.MessageSid === sid && ['delivered', 'undelivered', 'failed'].includes(each.params.MessageStatus));
    return client.messages(sid).fetch();
  };
  assert.equal((await send('as ever')).from, '55577');

  const fault = async (json) => (await server.control('POST', '/faults', { json: { do: 'fail', ...json } })).json.sid;
  const refused = await fault({ from: '55577', code: 30004 });
  const resent = await send('another way');
  assert.deepEqual([resent.from, resent.status, resent.errorCode], [number.phone_number, 'delivered', null]);
  assert.equal((await server.waitForMessage(phone, { contains: 'another way' })).from, number.phone_number);
  const told = hooks.requests.filter((each) => each.params.MessageSid === resent.sid).map((each) => `${each.params.MessageStatus} ${each.params.From}`);
  assert.deepEqual(told.slice(-2), [`sent ${number.phone_number}`, `delivered ${number.phone_number}`]);
  const journal = await server.control('GET', `/await?kind=message.fell_back&subject=${resent.sid}&after=0&timeout=10s`);
  assert.deepEqual(journal.json.data, { from: '55577', to_sender: number.phone_number, error_code: 30004 });

  // The long code may be refused as well; then that is the end.
  const both = await fault({ from: number.phone_number, code: 30006 });
  assert.deepEqual([(await send('neither')).errorCode], [30006]);
  await server.control('DELETE', `/faults/${both}`);
  await server.control('DELETE', `/faults/${refused}`);

  // Another failure is not the network's word against short codes; and who switched it off has it off.
  const unreachable = await fault({ from: '55577', code: 30003 });
  assert.deepEqual([(await send('off')).errorCode], [30003]);
  await server.control('DELETE', `/faults/${unreachable}`);
  await client.messaging.v1.services(service).update({ fallbackToLongCode: false });
  await fault({ from: '55577', code: 30004 });
  const alone = await send('no more');
  assert.deepEqual([alone.from, alone.errorCode, alone.status], ['55577', 30004, 'undelivered']);
});

test('every create parameter of the catalogue has its test, or a reason to have no effect', limit, () => {
  const withoutEffect = {
    MaxPrice: 'obsolete since 2024-06-03; only checked (21627)',
    Attempt: 'reserved',
    ForceDelivery: 'reserved',
    TrafficType: 'reserved; only checked',
    RiskCheck: 'nothing here assesses the risk of a message; only checked',
  };
  const operation = new Catalogue().operations.find((each) => each.host === 'api' && each.id === 'CreateMessage');
  const names = Object.keys(merged(operation.document.root, operation.bodySchema).properties);
  assert.ok(names.length >= 26, String(names.length));
  const folder = new URL('.', import.meta.url);
  const tests = readdirSync(folder).filter((each) => each.endsWith('.test.mjs') && !each.startsWith('client_')).map((each) => readFileSync(new URL(each, folder), 'utf8')).join('\n');
  for (const name of names) {
    if (withoutEffect[name]) continue;
    const camel = name[0].toLowerCase() + name.slice(1);
    assert.ok(new RegExp(`\\b(${name}|${camel})\\b['"]?:`).test(tests), `${name} is not tested`);
  }
});
