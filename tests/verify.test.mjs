// Verify v2: codes go to a handset and come back.
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

let line = 0;
const phone = () => `+1415555${String(2000 + line++)}`;
const code = async (to) => /\d{4,10}/.exec((await server.waitForMessage(to)).body)[0];
const fails = (promise, status, errorCode) => assert.rejects(promise, (error) => error.status === status && error.code === errorCode);

test('a service has Verify\'s defaults', async () => {
  const service = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  assert.equal(service.codeLength, 6);
  assert.equal(service.customCodeEnabled, false);
  await fails(client.verify.v2.services.create({ friendlyName: 'Acme', codeLength: 11 }), 400, 60200);
});

test('a code arrives, a wrong one is pending, the right one approves once', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const service = client.verify.v2.services(sid);
  const to = phone();
  const started = await service.verifications.create({ to, channel: 'sms' });
  assert.equal(started.status, 'pending');
  assert.equal(started.valid, false);
  assert.equal(started.sendCodeAttempts.length, 1);
  assert.equal(started.sendCodeAttempts[0].channel, 'SMS');
  const message = await server.waitForMessage(to);
  assert.match(message.body, /^Your Acme verification code is: \d{6}$/);
  const right = await code(to);
  const wrong = await service.verificationChecks.create({ to, code: right === '000000' ? '000001' : '000000' });
  assert.equal(wrong.status, 'pending');
  assert.equal(wrong.valid, false);
  assert.equal((await service.verifications(to).fetch()).sid, started.sid);
  const approved = await service.verificationChecks.create({ to, code: right });
  assert.equal(approved.status, 'approved');
  assert.equal(approved.valid, true);
  await fails(service.verificationChecks.create({ to, code: right }), 404, 20404);
  await fails(service.verifications(started.sid).fetch(), 404, 20404);
  const [attempt] = await client.verify.v2.verificationAttempts.list();
  assert.equal(attempt.verificationSid, started.sid);
  assert.equal(attempt.conversionStatus, 'converted');
  assert.equal((await client.verify.v2.verificationAttemptsSummary().fetch()).totalConverted, 1);
});

test('a pending verification sends its own code again, five times', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const service = client.verify.v2.services(sid);
  const to = phone();
  const first = await service.verifications.create({ to, channel: 'sms' });
  for (let i = 0; i < 4; ++i) assert.equal((await service.verifications.create({ to, channel: 'sms' })).sid, first.sid);
  await fails(service.verifications.create({ to, channel: 'sms' }), 429, 60203);
  const { json } = await server.control('GET', `/handsets/${encodeURIComponent(to)}/messages`);
  assert.equal(json.messages.length, 5);
  assert.equal(new Set(json.messages.map((each) => each.body)).size, 1);
});

test('after five wrong codes even the right one is refused', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const service = client.verify.v2.services(sid);
  const to = phone();
  await service.verifications.create({ to, channel: 'sms' });
  const right = await code(to);
  for (let i = 0; i < 5; ++i) await service.verificationChecks.create({ to, code: `${(Number(right) + 1) % 1000000}`.padStart(6, '0') });
  await fails(service.verificationChecks.create({ to, code: right }), 429, 60202);
});

test('custom codes, custom names, cancel, approve, PSD2', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme', customCodeEnabled: true, codeLength: 4 });
  const service = client.verify.v2.services(sid);
  const to = phone();
  await service.verifications.create({ to, channel: 'sms', customCode: '98765', customFriendlyName: 'Zeta' });
  assert.equal((await server.waitForMessage(to)).body, 'Your Zeta verification code is: 98765');
  assert.equal((await service.verifications(to).update({ status: 'canceled' })).status, 'canceled');
  await fails(service.verificationChecks.create({ to, code: '98765' }), 404, 20404);
  await service.verifications.create({ to, channel: 'sms' });
  assert.match(await code(to), /^\d{4}$/);
  assert.equal((await service.verifications(to).update({ status: 'approved' })).valid, true);
  const plain = await client.verify.v2.services.create({ friendlyName: 'Plain', psd2Enabled: true });
  await fails(client.verify.v2.services(plain.sid).verifications.create({ to, channel: 'sms' }), 400, 60206);
  await fails(client.verify.v2.services(plain.sid).verifications.create({ to, channel: 'sms', customCode: '1234', amount: '1', payee: 'x' }), 403, 60204);
});

test('rate limits of the service are kept', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const service = client.verify.v2.services(sid);
  const limit = await service.rateLimits.create({ uniqueName: 'end_user_ip', description: 'by address' });
  await service.rateLimits(limit.sid).buckets.create({ max: 2, interval: 60 });
  const send = (address) => service.verifications.create({ to: phone(), channel: 'sms', rateLimits: { end_user_ip: address } });
  await send('10.0.0.1');
  await send('10.0.0.1');
  await fails(send('10.0.0.1'), 429, 20429);
  await send('10.0.0.2');
});

test('bad input is told with Verify\'s codes', async () => {
  const { sid } = await client.verify.v2.services.create({ friendlyName: 'Acme' });
  const service = client.verify.v2.services(sid);
  await fails(service.verifications.create({ to: 'nobody', channel: 'sms' }), 400, 60200);
  await fails(service.verifications.create({ to: phone(), channel: 'pigeon' }), 400, 60200);
  await fails(service.verifications.create({ to: phone(), channel: 'email' }), 400, 60200);
  await fails(service.verificationChecks.create({ to: phone(), code: '123456' }), 404, 20404);
  await fails(client.verify.v2.services(`VA${'0'.repeat(32)}`).verifications.create({ to: phone(), channel: 'sms' }), 404, 20404);
});
