// Messages that are refused, or fail later, for who writes to whom.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start({ logLevel: 'error' });
  client = server.twilio();
});
after(async () => { await server.stop(); });

const fails = (promise, code, status = 400) => assert.rejects(promise, { code, status });

test('FallbackFrom goes with a service that has an RCS sender', async () => {
  const service = await client.messaging.v1.services.create({ friendlyName: 'rcs' });
  const number = await server.newNumber();
  const base = { to: server.handset, body: 'Hi', messagingServiceSid: service.sid };
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  await fails(client.messages.create({ ...base, messagingServiceSid: undefined, from: server.number, fallbackFrom: number.phone_number }), 21664);
  await fails(client.messages.create({ ...base, from: number.phone_number, fallbackFrom: number.phone_number }), 21664);
  for (const bad of ['14155550100', '+1 (415) 555-0100', '+14155550111', 'rcs:brand', 'a name that is too long'])
    await fails(client.messages.create({ ...base, fallbackFrom: bad }), 21665);
  await fails(client.messages.create({ ...base, fallbackFrom: number.phone_number }), 21667);
  await fails(client.messages.create({ ...base, fallbackFrom: 'Acme' }), 21667);
  // A sender of the channel, as Twilio's console makes it.
  const sid = `XE${'1'.repeat(32)}`;
  const seeded = await server.control('POST', '/resources', { json: { url: `https://messaging.twilio.com/v2/Channels/Senders/${sid}`, properties: { sender_id: 'rcs:acme_agent', status: 'ONLINE' } } });
  assert.equal(seeded.status, 201, seeded.text);
  await client.messaging.v1.services(service.sid).channelSenders.create({ sid });
  assert.equal((await client.messages.create({ ...base, fallbackFrom: number.phone_number })).status, 'accepted');
});

test('a country that is not enabled is not written to', async () => {
  const geo = (method, path, form) => server.request('accounts', method, `/v1/Messaging/GeoPermissions${path}`, { form });
  const to = '+447400123456';
  const from = server.number;
  await client.messages.create({ to, from, body: 'x' });
  const off = await geo('PATCH', '', { Permissions: JSON.stringify({ country_code: 'GB', type: 'country', enabled: false }) });
  assert.equal(off.status, 200, off.text);
  assert.deepEqual(off.json.permissions, [{ country_code: 'GB', type: 'country', enabled: false, error_code: 0, error_messages: [] }]);
  await fails(client.messages.create({ to, from, body: 'x' }), 21408);
  await client.messages.create({ to: '+4915112345678', from, body: 'x' });
  assert.deepEqual((await geo('GET', '?CountryCode=GB,DE')).json.permissions.map((each) => [each.country_code, each.enabled, each.prefix]), [['DE', true, '+49'], ['GB', false, '+44']]);
  assert.ok((await geo('GET', '')).json.permissions.length > 200);
  // The SDK's own way.
  const on = await client.accounts.v1.messagingGeopermissions.update({ permissions: [{ country_code: 'GB', type: 'country', enabled: true }] });
  assert.equal(on.permissions[0].enabled, true);
  await client.messages.create({ to, from, body: 'x' });
  for (const bad of ['x', '{}', '{"country_code":"XX","type":"country","enabled":true}', '{"country_code":"GB","type":"region","enabled":true}', '{"country_code":"GB","type":"country","enabled":1}'])
    assert.equal((await geo('PATCH', '', { Permissions: bad })).json.code, 20001, bad);
});

test('a message of an account that was suspended meanwhile fails: 30002', async () => {
  await server.control('POST', '/clock/freeze');
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'sub' });
  const own = server.twilio('twilio', sub.sid, sub.authToken);
  const number = await own.incomingPhoneNumbers.create({ areaCode: '415' });
  const service = await own.messaging.v1.services.create({ friendlyName: 's' });
  await own.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const time = new Date(new Date((await server.control('GET', '/clock')).json.time).getTime() + 3_600_000);
  const message = await own.messages.create({ to: server.handset, messagingServiceSid: service.sid, body: 'later', scheduleType: 'fixed', sendAt: time });
  await client.api.v2010.accounts(sub.sid).update({ status: 'suspended' });
  await server.control('POST', '/clock/advance', { json: { by: '1h' } });
  const answer = await server.control('GET', `/await?${new URLSearchParams({ kind: 'message.failed', subject: message.sid, after: 0 })}`);
  assert.equal(answer.status, 200, answer.text);
  await client.api.v2010.accounts(sub.sid).update({ status: 'active' });
  const failed = await own.messages(message.sid).fetch();
  assert.deepEqual([failed.status, failed.errorCode], ['failed', 30002]);
});
