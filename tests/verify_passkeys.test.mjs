// Passkeys: a browser registers one for a user, and logs in with it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks } from './support/hooks.mjs';
import { Passkey } from './support/passkey.mjs';
import { Server } from './support/server.mjs';

let server;
let client;
let hooks;
let service;
before(async () => {
  server = await Server.start();
  client = server.twilio();
  hooks = await Hooks.start();
  service = await client.verify.v2.services.create({ friendlyName: 'Owl', 'passkeys.relyingParty.id': 'example.com', 'passkeys.relyingParty.name': 'Owl Bank',
    'passkeys.relyingParty.origins': 'login.example.com,https://example.com', 'passkeys.userVerification': 'required' });
  await server.control('POST', '/clock/freeze');
});
after(async () => {
  await server.stop();
  await hooks.close();
});

const ask = async (action, json, of = service.sid) => {
  const answer = await server.request('verify', 'POST', `/v2/Services/${of}/Passkeys/${action}`, { json });
  return { status: answer.status, ...answer.json };
};
const refused = async (answer, code, status = 400) => {
  const { code: found, status: shown, message } = await answer;
  assert.deepEqual([found, shown], [code, status], message);
};
const registered = async (identity, passkey = new Passkey()) => {
  const made = await ask('Factors', { friendly_name: 'laptop', identity });
  assert.equal(made.status, 'unverified', made.message);
  const done = await ask('VerifyFactor', passkey.create(made.options));
  assert.equal(done.status, 'verified', done.message);
  return { passkey, sid: made.sid };
};

test('the service\'s settings are what a browser is asked for', async () => {
  assert.deepEqual(service.passkeys, { relying_party: { id: 'example.com', name: 'Owl Bank', origins: ['login.example.com', 'https://example.com'] }, user_verification: 'required' });
  const answer = await server.request('verify', 'POST', `/v2/Services/${service.sid}/Passkeys/Factors`, { json: { friendly_name: 'laptop', identity: 'passkey-user-0',
    config: { authenticator_attachment: 'platform', discoverable_credentials: 'required' } } });
  assert.equal(answer.status, 201, answer.text);
  const made = answer.json;
  assert.match(made.sid, /^YF/);
  const { publicKey } = made.options;
  assert.deepEqual(publicKey.rp, { id: 'example.com', name: 'Owl Bank' });
  assert.equal(Buffer.from(publicKey.challenge, 'base64url').toString(), made.sid);
  assert.equal(Buffer.from(publicKey.user.id, 'base64url').toString(), made.entity_sid);
  assert.deepEqual(publicKey.authenticatorSelection, { requireResidentKey: true, residentKey: 'required', userVerification: 'required', authenticatorAttachment: 'platform' });
  assert.deepEqual([publicKey.attestation, publicKey.timeout, publicKey.pubKeyCredParams[0]], ['none', 600000, { type: 'public-key', alg: -7 }]);
  const factor = await client.verify.v2.services(service.sid).entities('passkey-user-0').factors(made.sid).fetch();
  assert.deepEqual([factor.status, factor.factorType], ['unverified', 'passkeys']);
});

test('a passkey is registered once, and logs its user in', async () => {
  const hook = await client.verify.v2.services(service.sid).webhooks.create({ friendlyName: 'x', eventTypes: ['factor.verified', 'challenge.approved'], webhookUrl: hooks.on('/passkeys', { status: 200 }) });
  const { passkey, sid } = await registered('passkey-user-1', new Passkey('https://login.example.com'));
  const again = await ask('Factors', { friendly_name: 'laptop', identity: 'passkey-user-1' });
  assert.deepEqual(again.options.publicKey.excludeCredentials, [{ type: 'public-key', id: passkey.id.toString('base64url'), transports: ['internal'] }]);
  await refused(ask('VerifyFactor', passkey.create(again.options)), 60317, 409);

  const challenge = await ask('Challenges', { identity: 'passkey-user-1', factor_sid: sid });
  assert.deepEqual([challenge.status, challenge.factor_type, challenge.factor_sid, challenge.identity], ['pending', 'passkeys', sid, 'passkey-user-1']);
  assert.deepEqual([challenge.options.publicKey.rpId, challenge.options.publicKey.allowCredentials.length], ['example.com', 1]);
  const approved = await ask('ApproveChallenge', passkey.get(challenge.options));
  assert.deepEqual([approved.status, approved.sid, approved.factor_sid], ['approved', challenge.sid, sid]);
  assert.ok(approved.date_responded);
  await refused(ask('ApproveChallenge', passkey.get(challenge.options)), 60322, 403);
  const told = await hooks.all('/passkeys', 2);
  assert.deepEqual(told.map((each) => [each.params.type, each.params.factor_type]), [['factor.verified', 'passkeys'], ['challenge.approved', 'passkeys']]);
  await client.verify.v2.services(service.sid).webhooks(hook.sid).remove();
});

test('whoever has a passkey can log in without a name', async () => {
  const { passkey, sid } = await registered('passkey-user-2');
  const challenge = await ask('Challenges', {});
  assert.deepEqual([challenge.identity, challenge.factor_sid, challenge.options.publicKey.allowCredentials], ['', null, []]);
  const approved = await ask('ApproveChallenge', passkey.get(challenge.options));
  assert.deepEqual([approved.status, approved.identity, approved.factor_sid], ['approved', 'passkey-user-2', sid]);
});

test('what a browser should not hand back is refused', async () => {
  const make = async () => (await ask('Factors', { friendly_name: 'laptop', identity: 'passkey-user-3' })).options;
  const verify = async (passkey, change = (json) => json) => ask('VerifyFactor', change(passkey.create(await make())));
  const with_ = (name, value) => (json) => ({ ...json, response: { ...json.response, [name]: value } });
  await refused(verify(new Passkey('https://example.com.evil.example')), 60382);
  await refused(verify(Object.assign(new Passkey(), { flags: 0x01 })), 60379);
  await refused(verify(new Passkey(), with_('attestationObject', 'AAAA')), 60386);
  await refused(verify(new Passkey(), with_('clientDataJSON', 'AAAA')), 60380);
  await refused(verify(new Passkey(), () => ({})), 60378);
  await refused(verify(new Passkey(), (json) => ({ ...json, id: 'AAAA' })), 60376);
  await refused(verify(new Passkey(), (json) => ({ ...json, id: 'AAAA', rawId: 'AAAA' })), 60375);
  const unknown = new Passkey().create({ publicKey: { rp: { id: 'example.com' }, challenge: Buffer.from(`YF${'0'.repeat(32)}`).toString('base64url') } });
  await refused(ask('VerifyFactor', unknown), 60390, 404);
  await refused(ask('Factors', { friendly_name: 'x', identity: 'ada' }), 60367);
  const plain = await client.verify.v2.services.create({ friendlyName: 'Plain' });
  await refused(ask('Factors', { friendly_name: 'x', identity: 'passkey-user-4' }, plain.sid), 60372);
  await refused(ask('Challenges', {}, plain.sid), 60372);

  const { passkey, sid } = await registered('passkey-user-3');
  const challenge = async (json = { identity: 'passkey-user-3' }) => (await ask('Challenges', json)).options;
  await refused(ask('Challenges', { identity: 'passkey-user-9' }), 60392, 404);
  await refused(ask('Challenges', { identity: 'passkey-user-3', factor_sid: `YF${'0'.repeat(32)}` }), 60390, 404);
  await refused(ask('ApproveChallenge', new Passkey().get(await challenge())), 60390, 404);
  const thief = Object.assign(new Passkey(), { id: passkey.id, counter: 100 });
  await refused(ask('ApproveChallenge', thief.get(await challenge())), 60324, 403);
  await refused(ask('ApproveChallenge', with_('signature', '!')(passkey.get(await challenge()))), 60381);
  const other = await registered('passkey-user-5');
  await refused(ask('ApproveChallenge', other.passkey.get(await challenge())), 60390, 404);
  await refused(ask('ApproveChallenge', Object.assign(new Passkey('https://evil.example'), { id: passkey.id, keys: passkey.keys, counter: 50 }).get(await challenge())), 60382);
  assert.equal((await ask('ApproveChallenge', passkey.get(await challenge()))).status, 'approved');
  // A copy of the key counts on its own.
  await refused(ask('ApproveChallenge', Object.assign(new Passkey(), { id: passkey.id, keys: passkey.keys }).get(await challenge())), 60324, 403);
  const late = await challenge();
  await server.control('POST', '/clock/advance', { json: { by: '10m' } });
  await refused(ask('ApproveChallenge', passkey.get(late)), 60323, 403);
  await client.verify.v2.services(service.sid).entities('passkey-user-3').factors(sid).remove();
  await refused(ask('ApproveChallenge', passkey.get(await challenge())), 60390, 404);
  await registered('passkey-user-3', passkey);
});
