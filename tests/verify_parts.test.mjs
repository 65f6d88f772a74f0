// What belongs to Verify's services beside their verifications: templates, rate limits, attempts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start();
  client = server.twilio();
});
after(() => server.stop());

const fails = (promise, code, status = 400) => assert.rejects(promise, (error) => error.code === code && error.status === status);

test('every account has templates, in languages', async () => {
  const templates = await client.verify.v2.templates.list();
  assert.ok(templates.length >= 3);
  for (const each of templates) assert.match(each.sid, /^HJ/);
  const german = templates.find((each) => each.translations.de);
  const service = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const to = await server.newHandset();
  await client.verify.v2.services(service.sid).verifications.create({ to, channel: 'sms', templateSid: german.sid, locale: 'de' });
  assert.match((await server.waitForMessage(to)).body, /^Ihr Bestätigungscode für Acme lautet: \d{6}\.$/);
  assert.deepEqual((await client.verify.v2.templates.list({ friendlyName: german.friendlyName })).map((each) => each.sid), [german.sid]);
  const made = await server.control('POST', '/resources', { json: { url: 'https://verify.twilio.com/v2/Templates',
    properties: { friendly_name: 'Own', channels: ['sms'], translations: { en: { text: '{{code}} is it' } } } } });
  assert.equal(made.status, 201, made.text);
  assert.equal((await client.verify.v2.templates.list()).length, templates.length + 1);
});

test('a service is changed, looked at and deleted', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  assert.equal((await client.verify.v2.services(sid).update({ codeLength: 8 })).codeLength, 8);
  await fails(client.verify.v2.services(sid).update({ codeLength: 3 }), 60200);
  assert.ok((await client.verify.v2.services.list()).some((each) => each.sid === sid));
  await client.verify.v2.services(sid).remove();
  await fails(client.verify.v2.services(sid).fetch(), 20404, 404);
});

test('codes are sent by the messaging service of their country', async () => {
  const verify = client.verify.v2.services((await client.verify.v2.services.create({ friendlyName: 'Owl' })).sid);
  const pool = (await client.messaging.v1.services.create({ friendlyName: 'codes' })).sid;
  const number = await server.newNumber();
  await client.messaging.v1.services(pool).phoneNumbers.create({ phoneNumberSid: number.sid });
  const phone = await server.newHandset();
  const sender = async () => {
    const { sid } = await verify.verifications.create({ to: phone, channel: 'sms' });
    const message = await server.waitForMessage(phone, { contains: 'Owl' });
    await verify.verifications(sid).update({ status: 'canceled' });
    return message.from;
  };
  const senders = [await sender()];
  const made = await verify.messagingConfigurations.create({ country: 'US', messagingServiceSid: pool });
  assert.deepEqual([made.country, made.messagingServiceSid], ['US', pool]);
  await verify.verifications.create({ to: phone, channel: 'sms' });
  const { json } = await server.control('GET', `/handsets/${encodeURIComponent(phone)}/messages`);
  senders.push(...json.messages.map((each) => each.from));
  assert.ok(senders.includes('22395') && senders.includes(number.phone_number), senders.join());
  await assert.rejects(verify.messagingConfigurations.create({ country: 'US', messagingServiceSid: pool }), { code: 60213, status: 400 });
  await assert.rejects(verify.messagingConfigurations.create({ country: 'Narnia', messagingServiceSid: pool }), { code: 60200, status: 400 });
  await assert.rejects(verify.messagingConfigurations.create({ country: 'all', messagingServiceSid: `MG${'0'.repeat(32)}` }), { code: 60200, status: 400 });
  assert.deepEqual((await verify.messagingConfigurations.list()).map((each) => each.country), ['US']);
  await verify.messagingConfigurations('US').remove();
});

test('rate limits and buckets are each there once', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const service = client.verify.v2.services(sid);
  const limit = await service.rateLimits.create({ uniqueName: 'ip', description: 'by address' });
  await fails(service.rateLimits.create({ uniqueName: 'ip' }), 60208);
  const buckets = service.rateLimits(limit.sid).buckets;
  const bucket = await buckets.create({ max: 1, interval: 60 });
  await fails(buckets.create({ max: 5, interval: 60 }), 60211);
  await fails(buckets.create({ max: 0, interval: 30 }), 60200);
  assert.equal((await service.rateLimits(limit.sid).buckets(bucket.sid).update({ interval: 60, max: 2 })).max, 2);
  const start = () => service.verifications.create({ to: '+14155552671', channel: 'sms', rateLimits: JSON.stringify({ ip: '10.0.0.1' }) });
  await start();
  await start();
  await fails(start(), 20429, 429);
});

test('attempts are found by what they were', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const to = await server.newHandset();
  const { sid: verification } = await client.verify.v2.services(sid).verifications.create({ to, channel: 'sms' });
  const list = async (filter) => (await client.verify.v2.verificationAttempts.list(filter)).map((each) => each.verificationSid);
  assert.deepEqual(await list({ 'channelData.to': to }), [verification]);
  assert.deepEqual(await list({ verifyServiceSid: sid, status: 'unconverted' }), [verification]);
  assert.deepEqual(await list({ verifyServiceSid: sid, status: 'converted' }), []);
  assert.deepEqual(await list({ verificationSid: verification, dateCreatedAfter: new Date('2100-01-01') }), []);
  const summary = async (filter) => (await client.verify.v2.verificationAttemptsSummary().fetch(filter)).totalAttempts;
  assert.equal(await summary({ verifyServiceSid: sid }), 1);
  assert.equal(await summary({ verifyServiceSid: sid, country: 'US', channel: 'sms', destinationPrefix: to.slice(0, 5) }), 1);
  for (const other of [{ country: 'GB' }, { channel: 'whatsapp' }, { destinationPrefix: '+44' }, { dateCreatedBefore: new Date('2020-01-01') }])
    assert.equal(await summary({ verifyServiceSid: sid, ...other }), 0, JSON.stringify(other));
});
