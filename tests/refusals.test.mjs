// Refusals that need something rare: a full pool, many applications, a landline, a sender without pictures.
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

test('a number that cannot send pictures: 21621', async () => {
  const number = await server.newNumber({ AreaCode: '', PhoneNumber: '+447400123456' });
  assert.equal(number.capabilities.mms, false);
  await fails(client.messages.create({ to: '+447400123457', from: number.phone_number, body: 'x', mediaUrl: ['https://example.com/a.png'] }), 21621);
});

test('a pool has 400 senders at most: 21714', async () => {
  const { sid } = await client.messaging.v1.services.create({ friendlyName: 'full' });
  const senders = client.messaging.v1.services(sid).alphaSenders;
  for (let i = 0; i < 400; i += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => senders.create({ alphaSender: `Acme ${i + k}` })));
  await fails(senders.create({ alphaSender: 'One more' }), 21714);
});

test('an account has 1000 applications at most: 21301', async () => {
  for (let i = 0; i < 1000; i += 100) await Promise.all(Array.from({ length: 100 }, (_, k) => client.applications.create({ friendlyName: `app ${i + k}` })));
  await fails(client.applications.create({ friendlyName: 'one more' }), 21301);
});

test('Verify sends no SMS to a landline: 60205', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'v', skipSmsToLandlines: true });
  await fails(client.verify.v2.services(sid).verifications.create({ to: '+442077651182', channel: 'sms' }), 60205, 403);
});
