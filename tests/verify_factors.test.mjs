// Verify without messages: authenticator apps (TOTP) and phones that sign (push).
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
let service;
before(async () => {
  server = await Server.start();
  client = server.twilio();
  await server.control('POST', '/clock/freeze');
  service = client.verify.v2.services((await client.verify.v2.services.create({ friendlyName: 'Owl Bank', 'totp.issuer': 'Owl & Co' })).sid);
});
after(async () => { await server.stop(); });

const fails = (promise, code, status) => assert.rejects(promise, { code, status });
const advance = (by) => server.control('POST', '/clock/advance', { json: { by } });
const identity = 'ff483d1ff591898a9942916050d2ca3f';

/** What an authenticator app shows. */
async function code(uri, steps = 0) {
  const query = new URL(uri).searchParams;
  const bits = [...query.get('secret')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const time = new Date((await server.control('GET', '/clock')).json.time).getTime() / 1000;
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / Number(query.get('period'))) + steps));
  const hash = createHmac(query.get('algorithm'), secret).update(counter).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 10 ** Number(query.get('digits'))).padStart(Number(query.get('digits')), '0');
}
const wrong = (right) => String((Number(right) + 1) % 10 ** right.length).padStart(right.length, '0');

test('an authenticator app is set up, proves itself, and answers challenges', async () => {
  const made = await service.entities(identity).newFactors.create({ friendlyName: 'Ada’s phone', factorType: 'totp' });
  assert.deepEqual([made.status, made.factorType, made.identity, made.config], ['unverified', 'totp', identity, { alg: 'sha1', skew: 1, code_length: 6, time_step: 30 }]);
  assert.match(made.sid, /^YF/);
  assert.match(made.entitySid, /^YE/);
  assert.equal(made.binding.uri, `otpauth://totp/${encodeURIComponent(new URL(made.binding.uri).searchParams.get('issuer'))}:Ada%E2%80%99s%20phone?secret=${made.binding.secret}&issuer=${encodeURIComponent(new URL(made.binding.uri).searchParams.get('issuer'))}&algorithm=SHA1&digits=6&period=30`);
  const factor = service.entities(identity).factors(made.sid);
  assert.equal((await factor.fetch()).binding, undefined);
  assert.equal((await service.entities(identity).fetch()).sid, made.entitySid);

  const challenges = service.entities(identity).challenges;
  await fails(challenges.create({ factorSid: made.sid, authPayload: '123456' }), 60318, 403);
  const right = await code(made.binding.uri);
  assert.equal((await factor.update({ authPayload: wrong(right) })).status, 'unverified');
  assert.equal((await factor.update({ authPayload: right })).status, 'verified');

  // The code of the same step is good no more.
  const used = await challenges.create({ factorSid: made.sid, authPayload: right });
  assert.deepEqual([used.status, used.dateResponded], ['pending', null]);
  await advance('30s');
  const approved = await challenges.create({ factorSid: made.sid, authPayload: await code(made.binding.uri) });
  assert.deepEqual([approved.status, approved.factorType, approved.respondedReason], ['approved', 'totp', 'none']);
  assert.ok(approved.dateResponded instanceof Date);
  await advance('30s');
  assert.equal((await challenges(used.sid).update({ authPayload: await code(made.binding.uri) })).status, 'approved');
  await fails(challenges(used.sid).update({ authPayload: '000000' }), 60322, 403);

  // A clock that is a step off is taken, two are not.
  await advance('60s');
  const late = await challenges.create({ factorSid: made.sid, authPayload: await code(made.binding.uri, -1) });
  assert.equal(late.status, 'approved');
  await advance('120s');
  const open = await challenges.create({ factorSid: made.sid, authPayload: await code(made.binding.uri, -2) });
  assert.equal(open.status, 'pending');
  assert.deepEqual((await challenges.list({ status: 'pending' })).map((each) => each.sid), [open.sid]);
  await advance('5m');
  assert.equal((await challenges(open.sid).fetch()).status, 'expired');
  await fails(challenges(open.sid).update({ authPayload: '000000' }), 60323, 403);
  assert.equal((await challenges.list({ factorSid: made.sid, order: 'asc' }))[0].sid, used.sid);

  assert.equal((await factor.update({ friendlyName: 'Renamed' })).friendlyName, 'Renamed');
  assert.deepEqual((await service.entities(identity).factors.list()).map((each) => each.friendlyName), ['Renamed']);
  await factor.remove();
  await fails(factor.fetch(), 20404, 404);
});

test('five wrong codes are enough', async () => {
  const made = await service.entities('11111111').newFactors.create({ friendlyName: 'app', factorType: 'totp', 'config.codeLength': 8, 'config.alg': 'sha512', 'binding.secret': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' });
  assert.equal(made.binding.secret, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  const factor = service.entities('11111111').factors(made.sid);
  const right = await code(made.binding.uri);
  assert.equal(right.length, 8);
  for (let i = 0; i < 5; ++i) assert.equal((await factor.update({ authPayload: wrong(right) })).status, 'unverified');
  await fails(factor.update({ authPayload: right }), 60310, 429);
});

test('a challenge takes five codes, a factor so many challenges', async () => {
  const made = await service.entities('22222222').newFactors.create({ friendlyName: 'app', factorType: 'totp', 'config.codeLength': 4 });
  await service.entities('22222222').factors(made.sid).update({ authPayload: await code(made.binding.uri) });
  const { challenges } = service.entities('22222222');
  await advance('30s');
  const first = await challenges.create({ factorSid: made.sid });
  const right = await code(made.binding.uri);
  for (let i = 0; i < 5; ++i) assert.equal((await challenges(first.sid).update({ authPayload: wrong(right) })).status, 'pending');
  await fails(challenges(first.sid).update({ authPayload: right }), 60308, 429);
  assert.equal((await challenges.create({ factorSid: made.sid, authPayload: right })).status, 'approved');
  for (let i = 2; i < 10; ++i) await challenges.create({ factorSid: made.sid });
  await fails(challenges.create({ factorSid: made.sid }), 60312, 429);
  await advance('24h');
  await challenges.create({ factorSid: made.sid });
});

test('a phone signs what it approves or denies', async () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const push = { friendlyName: 'phone', factorType: 'push', 'binding.alg': 'ES256', 'binding.publicKey': publicKey, 'config.appId': 'com.example.app', 'config.notificationPlatform': 'none' };
  const entity = service.entities('a-user-of-ours');
  const made = await entity.newFactors.create(push);
  assert.deepEqual([made.status, made.binding.public_key], ['unverified', publicKey]);
  const proof = createSign('SHA256').update(made.sid).sign(keys.privateKey).toString('base64');
  await fails(entity.factors(made.sid).update({ authPayload: Buffer.from('no').toString('base64') }), 60311, 403);
  assert.equal((await entity.factors(made.sid).update({ authPayload: proof })).status, 'verified');

  const ask = () => entity.challenges.create({ factorSid: made.sid, 'details.message': 'Log in?', 'details.fields': [{ label: 'From', value: 'Oslo' }], hiddenDetails: { ip: '10.0.0.1' } });
  const asked = await ask();
  assert.deepEqual([asked.status, asked.details.message, asked.details.fields, asked.hiddenDetails], ['pending', 'Log in?', [{ label: 'From', value: 'Oslo' }], { ip: '10.0.0.1' }]);
  const jwt = (payload, key = keys.privateKey) => {
    const head = `${Buffer.from('{"alg":"ES256","typ":"JWT"}').toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
    return `${head}.${sign('SHA256', Buffer.from(head), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  await fails(entity.challenges(asked.sid).update({ authPayload: jwt({ status: 'approved' }, stranger) }), 60324, 403);
  await fails(entity.challenges(asked.sid).update({ authPayload: jwt({ status: 'approved', sid: `YC${'0'.repeat(32)}` }) }), 60324, 403);
  assert.equal((await entity.challenges(asked.sid).update({ authPayload: jwt({ status: 'approved', sid: asked.sid }) })).status, 'approved');
  const again = await ask();
  assert.equal((await entity.challenges(again.sid).update({ authPayload: jwt({ status: 'denied' }) })).status, 'denied');
  assert.equal((await server.event('challenge.denied')).subject, again.sid);
});

test('bad parameters are named', async () => {
  const entity = service.entities('somebody-new');
  const totp = { friendlyName: 'x', factorType: 'totp' };
  for (const bad of [{ ...totp, factorType: 'sms' }, { ...totp, friendlyName: '' }, { ...totp, 'config.timeStep': 10 }, { ...totp, 'config.codeLength': 9 }, { ...totp, 'config.skew': 3 }, { ...totp, 'binding.secret': '!' },
    { friendlyName: 'x', factorType: 'push' }, { friendlyName: 'x', factorType: 'push', 'binding.alg': 'ES256', 'binding.publicKey': 'abcd', 'config.appId': 'a', 'config.notificationPlatform': 'none' }])
    await fails(entity.newFactors.create(bad), bad['binding.publicKey'] ? 60314 : 60306, 400);
  await fails(entity.fetch(), 20404, 404);
  await fails(service.entities('short').newFactors.create(totp), 60306, 400);
  await fails(service.entities.create({ identity: 'ada@example.com' }), 60306, 400);
  await fails(service.entities('nobody-here').challenges.list(), 20404, 404);
  const one = await service.entities.create({ identity: 'entity-by-hand' });
  assert.match(one.sid, /^YE/);
  assert.equal((await service.entities('entity-by-hand').fetch()).identity, 'entity-by-hand');
  await service.entities('entity-by-hand').remove();
});
