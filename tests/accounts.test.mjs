// Subaccounts, keys and tokens, and the events that tell who changed what.

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

async function fails(promise, code, status) {
  await assert.rejects(promise, (error) => {
    assert.deepEqual([error.code, error.status], [code, status], error.message);
    return true;
  });
}

test('a subaccount has credentials of its own and its parent may act for it', async () => {
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'Shop' });
  assert.deepEqual([sub.status, sub.ownerAccountSid, sub.type, sub.friendlyName], ['active', server.sid, 'Full', 'Shop']);
  assert.match(sub.authToken, /^[0-9a-f]{32}$/);
  const own = server.twilio('twilio', sub.sid, sub.authToken);
  assert.deepEqual((await own.api.v2010.accounts.list()).map((each) => each.sid), [sub.sid]);
  assert.deepEqual((await client.api.v2010.accounts.list({ friendlyName: 'Shop' })).map((each) => each.sid), [sub.sid]);
  await fails(own.api.v2010.accounts.create({}), 21101, 400);
  await fails(own.api.v2010.accounts(sub.sid).update({ status: 'suspended' }), 21477, 400);
  await fails(own.api.v2010.accounts(server.sid).fetch(), 20404, 404);
  await fails(client.api.v2010.accounts(sub.sid).update({ status: 'asleep' }), 21475, 400);
  await fails(client.api.v2010.accounts.create({ friendlyName: 'x'.repeat(65) }), 20002, 400);
  assert.match((await client.api.v2010.accounts.create()).friendlyName, /^SubAccount Created at \d{4}-\d\d-\d\d \d\d:\d\d [ap]m$/);
  const bought = await client.api.v2010.accounts(sub.sid).incomingPhoneNumbers.create({ areaCode: '415' });
  assert.deepEqual((await own.incomingPhoneNumbers.list()).map((each) => each.sid), [bought.sid]);
});

test('a suspended subaccount does nothing until it is active again; a closed one never more', async () => {
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'Short' });
  const own = server.twilio('twilio', sub.sid, sub.authToken);
  const number = await own.incomingPhoneNumbers.create({ areaCode: '212' });
  const send = () => own.messages.create({ from: number.phoneNumber, to: server.handset, body: 'hi' });
  await send();
  assert.equal((await client.api.v2010.accounts(sub.sid).update({ status: 'suspended' })).status, 'suspended');
  await fails(send(), 20003, 401);
  const forIt = client.api.v2010.accounts(sub.sid);
  await fails(forIt.messages.create({ from: number.phoneNumber, to: server.handset, body: 'hi' }), 20005, 403);
  assert.equal((await forIt.messages.list()).length, 1);
  await client.api.v2010.accounts(sub.sid).update({ status: 'active' });
  await send();
  const key = await own.newKeys.create({ friendlyName: 'k' });
  await client.api.v2010.accounts(sub.sid).update({ status: 'closed' });
  await fails(send(), 20003, 401);
  await fails(server.twilio('twilio', key.sid, key.secret, { accountSid: sub.sid }).messages.list(), 20003, 401);
  await fails(client.api.v2010.accounts(sub.sid).update({ status: 'active' }), 21479, 400);
  // Its number is free again.
  const again = await client.incomingPhoneNumbers.create({ phoneNumber: number.phoneNumber });
  assert.equal(again.phoneNumber, number.phoneNumber);
});

test('keys sign in, whichever API made them, and cannot manage keys or accounts', async () => {
  const policy = { allow: ['/twilio/messaging/messages/list'] };
  const made = [await client.newKeys.create({ friendlyName: 'one' }), await client.newSigningKeys.create({ friendlyName: 'two' }),
    await client.iam.v1.newApiKey.create({ accountSid: server.sid, friendlyName: 'three', keyType: 'restricted', policy })];
  for (const key of made) {
    assert.match(key.sid, /^SK[0-9a-f]{32}$/);
    const withKey = server.twilio('twilio', key.sid, key.secret, { accountSid: server.sid });
    await withKey.messages.list();
    const [code, status] = key === made[2] ? [70051, 403] : [20003, 401];
    await fails(withKey.keys.list(), code, status);
    await fails(withKey.api.v2010.accounts.list(), code, status);
    await fails(withKey.iam.v1.apiKey(key.sid).fetch(), code, status);
  }
  const sids = made.map((each) => each.sid).sort();
  assert.deepEqual((await client.keys.list()).map((each) => each.sid).sort(), sids);
  assert.deepEqual((await client.signingKeys.list()).map((each) => each.sid).sort(), sids);
  assert.deepEqual((await client.iam.v1.getApiKeys.list({ accountSid: server.sid })).map((each) => each.sid).sort(), sids);
  const restricted = await client.iam.v1.apiKey(made[2].sid).fetch();
  assert.deepEqual(restricted.policy, policy);
  assert.equal((await client.iam.v1.apiKey(made[2].sid).update({ friendlyName: 'renamed' })).friendlyName, 'renamed');
  assert.equal((await client.keys(made[2].sid).fetch()).friendlyName, 'renamed');
  await client.iam.v1.apiKey(made[2].sid).remove();
  await client.keys(made[0].sid).remove();
  for (const key of [made[0], made[2]]) {
    await fails(server.twilio('twilio', key.sid, key.secret, { accountSid: server.sid }).messages.list(), 20003, 401);
  }
  await fails(client.iam.v1.apiKey(made[0].sid).fetch(), 20404, 404);
  await fails(client.iam.v1.newApiKey.create({ accountSid: 'AC' + '0'.repeat(32) }), 20003, 401);
  const stranger = await client.api.v2010.accounts.create({});
  await fails(server.twilio('twilio', stranger.sid, stranger.authToken).iam.v1.apiKey(made[1].sid).fetch(), 20404, 404);
});

test('a restricted key does what its policy allows, also after a restart', async () => {
  const own = await Server.start({ data: true, logLevel: 'error' });
  try {
    const owner = own.twilio();
    const key = await owner.iam.v1.newApiKey.create({ accountSid: own.sid, keyType: 'restricted', policy: { allow: ['/twilio/messaging/messages/create', '/twilio/messaging/messages/read', '/twilio/lookup/phone-numbers/read'] } });
    const check = async () => {
      const withKey = own.twilio('twilio', key.sid, key.secret, { accountSid: own.sid });
      const { sid } = await withKey.messages.create({ to: own.handset, from: own.number, body: 'Hi' });
      assert.equal((await withKey.messages(sid).fetch()).sid, sid);
      assert.equal((await withKey.lookups.v2.phoneNumbers('+14155550100').fetch()).valid, true);
      await fails(withKey.messages.list(), 70051, 403);
      await fails(withKey.messages(sid).remove(), 70051, 403);
      await fails(withKey.messages(sid).media.list(), 70051, 403);
      await fails(withKey.incomingPhoneNumbers.list(), 70051, 403);
      await fails(withKey.verify.v2.services.list(), 70051, 403);
      await fails(withKey.iam.v1.newApiKey.create({ accountSid: own.sid }), 70051, 403);
    };
    await check();
    const auth = `Basic ${Buffer.from(`${key.sid}:${key.secret}`).toString('base64')}`;
    assert.equal((await own.control('GET', '/handsets', { auth })).status, 403);
    await own.kill();
    await own.launch();
    await check();
    await own.twilio().iam.v1.apiKey(key.sid).update({ policy: { allow: ['/twilio/messaging/messages/list'] } });
    const withKey = own.twilio('twilio', key.sid, key.secret, { accountSid: own.sid });
    assert.equal((await withKey.messages.list()).length, 2);
    await fails(withKey.messages.create({ to: own.handset, from: own.number, body: 'Hi' }), 70051, 403);
    const created = (more) => own.twilio().iam.v1.newApiKey.create({ accountSid: own.sid, keyType: 'restricted', ...more });
    for (const wrong of [{}, { policy: {} }, { policy: { allow: ['everything'] } }, { policy: { allow: ['/twilio/messaging/messages/send'] } }, { policy: { allow: Array(101).fill('/twilio/messaging/messages/list') } }])
      await fails(created(wrong), 20001, 400);
  } finally {
    await own.stop();
  }
});

test('an auth token is changed by way of a second one', async () => {
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'Tokens' });
  const own = server.twilio('twilio', sub.sid, sub.authToken);
  await fails(own.accounts.v1.authTokenPromotion().update(), 20404, 404);
  const second = (await own.accounts.v1.secondaryAuthToken().create()).secondaryAuthToken;
  const withSecond = server.twilio('twilio', sub.sid, second);
  assert.equal((await withSecond.api.v2010.accounts(sub.sid).fetch()).authToken, sub.authToken);
  assert.equal((await withSecond.accounts.v1.authTokenPromotion().update()).authToken, second);
  assert.equal((await withSecond.api.v2010.accounts(sub.sid).fetch()).authToken, second);
  await fails(own.messages.list(), 20003, 401);
  const third = (await withSecond.accounts.v1.secondaryAuthToken().create()).secondaryAuthToken;
  await server.twilio('twilio', sub.sid, third).messages.list();
  await withSecond.accounts.v1.secondaryAuthToken().remove();
  await fails(server.twilio('twilio', sub.sid, third).messages.list(), 20003, 401);
  await withSecond.messages.list();
});

test('tokens are for STUN and TURN', async () => {
  const token = await client.tokens.create({ ttl: 60 });
  assert.equal(token.ttl, '60');
  assert.equal(token.iceServers.length, 4);
  assert.equal(token.iceServers[1].username, token.username);
  await fails(client.tokens.create({ ttl: -1 }), 20001, 400);
});

test('every change is an event that says who made it and what it was before', async () => {
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'Before' });
  await client.api.v2010.accounts(sub.sid).update({ friendlyName: 'After' });
  const key = await client.newKeys.create({ friendlyName: 'logger' });
  const events = await client.monitor.v1.events.list({ resourceSid: sub.sid });
  assert.deepEqual(events.map((each) => each.eventType), ['account.updated', 'account.created']);
  assert.deepEqual(events[0].eventData, { friendly_name: { previous: 'Before', updated: 'After' } });
  assert.deepEqual([events[0].actorSid, events[0].actorType, events[0].source, events[0].sourceIpAddress, events[0].resourceType],
    [server.sid, 'account', 'api', '127.0.0.1', 'account']);
  const [made] = await client.monitor.v1.events.list({ eventType: 'api-key.created', limit: 1 });
  assert.equal(made.resourceSid, key.sid);
  assert.ok(!JSON.stringify(made.eventData).includes(key.secret));
  assert.equal((await client.monitor.v1.events(made.sid).fetch()).sid, made.sid);
  assert.deepEqual(await client.monitor.v1.events.list({ sourceIpAddress: '10.0.0.1' }), []);
  assert.deepEqual(await client.monitor.v1.events.list({ startDate: new Date('2100-01-01') }), []);
});
