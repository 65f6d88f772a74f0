// What an application is told of its users' factors and challenges; tokens and pushes for phones.

import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let client;
let hooks;
let service;
before(async () => {
  server = await Server.start();
  client = server.twilio();
  hooks = await Hooks.start();
  service = client.verify.v2.services((await client.verify.v2.services.create({ friendlyName: 'Owl Bank' })).sid);
});
after(async () => {
  await server.stop();
  await hooks.close();
});

const fails = (promise, code, status) => assert.rejects(promise, (error) => {
  assert.deepEqual([error.code, error.status], [code, status], error.message);
  return true;
});
const newPhone = () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    form: { friendlyName: 'Ada’s phone', factorType: 'push', 'binding.alg': 'ES256', 'binding.publicKey': keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      'config.appId': 'com.example.owl', 'config.notificationPlatform': 'fcm', 'config.notificationToken': 'a-device' },
    prove: (text) => createSign('SHA256').update(text).sign(keys.privateKey).toString('base64'),
    answer: (payload) => {
      const head = `${Buffer.from('{"alg":"ES256","typ":"JWT"}').toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
      return `${head}.${sign('SHA256', Buffer.from(head), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    },
  };
};
const verified = async (identity) => {
  const phone = newPhone();
  const { sid } = await service.entities(identity).newFactors.create(phone.form);
  await service.entities(identity).factors(sid).update({ authPayload: phone.prove(sid) });
  return { ...phone, sid };
};

test('factors and challenges are told, signed, to who wants to know', async () => {
  const made = await service.webhooks.create({ friendlyName: 'all', eventTypes: ['*'], webhookUrl: hooks.on('/all', { status: 200 }) });
  assert.match(made.sid, /^YW/);
  assert.deepEqual([made.status, made.version, made.webhookMethod, made.eventTypes], ['enabled', 'v2', 'POST', ['*']]);
  const old = await service.webhooks.create({ friendlyName: 'old', eventTypes: ['challenge.denied'], webhookUrl: hooks.on('/denied', { status: 200 }) });
  const v1 = await server.request('verify', 'POST', `/v2/Services/${made.serviceSid}/Webhooks/${old.sid}`, { form: { Version: 'v1' } });  // the SDK does not send it
  assert.equal(v1.json.version, 'v1', v1.text);
  await service.webhooks.create({ friendlyName: 'off', eventTypes: ['*'], webhookUrl: hooks.url('/off'), status: 'disabled' });
  const identity = 'webhook-user-1';
  const phone = await verified(identity);
  const { challenges } = service.entities(identity);
  const ask = () => challenges.create({ factorSid: phone.sid, 'details.message': 'Log in?', hiddenDetails: { ip: '10.0.0.1' } });
  const first = await ask();
  await challenges(first.sid).update({ authPayload: phone.answer({ status: 'approved' }) });
  const second = await ask();
  await challenges(second.sid).update({ authPayload: phone.answer({ status: 'denied' }) });
  await service.entities(identity).factors(phone.sid).remove();

  const told = await hooks.all('/all', 5);
  assert.deepEqual(told.map((each) => each.params.type), ['factor.created', 'factor.verified', 'challenge.approved', 'challenge.denied', 'factor.deleted']);
  for (const request of told) {
    const { params } = request;
    assert.ok(hooks.isSigned(request, server.token));
    assert.match(params.uuid, /^[0-9a-f-]{36}$/);
    assert.deepEqual([params.account_sid, params.service_sid, params.entity_identity, params.factor_sid, params.factor_type, params.factor_friendly_name],
      [server.sid, made.serviceSid, identity, phone.sid, 'push', 'Ada’s phone']);
  }
  assert.equal(new Set(told.map((each) => each.params.uuid)).size, 5);
  assert.equal(told[0].params.challenge_sid, undefined);
  assert.equal(told[2].params.challenge_sid, first.sid);
  assert.equal(JSON.parse(told[3].params.challenge_details).message, 'Log in?');
  assert.deepEqual(JSON.parse(told[3].params.challenge_hidden_details), { ip: '10.0.0.1' });
  const { params } = await hooks.next('/denied');
  assert.deepEqual([params.type, params.challenge_sid, params.challenge_details], ['challenge.denied', second.sid, undefined]);
  assert.ok(hooks.requests.every((each) => each.path !== '/off'));

  const kept = (await server.control('GET', `/exchanges?subject=${first.sid}`)).json.exchanges;
  assert.deepEqual(kept.map((each) => [each.purpose, each.ok]), [['verify', true]]);
  assert.equal((await service.webhooks(made.sid).update({ status: 'disabled', eventTypes: ['factor.created', 'factor.deleted'] })).eventTypes.length, 2);
  assert.equal((await service.webhooks.list()).length, 3);
  for (const each of await service.webhooks.list()) await service.webhooks(each.sid).remove();
});

test('a webhook that fails is an alert', async () => {
  await service.webhooks.create({ friendlyName: 'broken', eventTypes: ['factor.created'], webhookUrl: hooks.on('/broken', { status: 500 }) });
  const { sid } = await service.entities('webhook-user-2').newFactors.create({ friendlyName: 'app', factorType: 'totp' });
  await hooks.next('/broken');
  await server.event('alert.created', (each) => each.data.resource_sid === sid);
  const [alert] = (await server.control('GET', `/alerts?resource=${sid}`)).json.alerts;
  assert.deepEqual([alert.error_code, alert.log_level], ['60330', 'error']);
  for (const each of await service.webhooks.list()) await service.webhooks(each.sid).remove();
});

test('webhooks are checked', async () => {
  const good = { friendlyName: 'x', eventTypes: ['*'], webhookUrl: 'https://owl.example/hook' };
  for (const bad of [{ friendlyName: '' }, { eventTypes: ['verification.approved'] }, { webhookUrl: 'nowhere' }, { status: 'maybe' }])
    await fails(service.webhooks.create({ ...good, ...bad }), 60306, 400);
});

test('a challenge is pushed again, while it waits', async () => {
  const phone = await verified('push-user-1');
  const { challenges } = service.entities('push-user-1');
  const { sid } = await challenges.create({ factorSid: phone.sid });
  const pushed = await challenges(sid).notifications.create({ ttl: 60 });
  assert.match(pushed.sid, /^NT/);
  assert.deepEqual([pushed.challengeSid, pushed.priority, pushed.ttl, pushed.identity], [sid, 'high', 60, 'push-user-1']);
  const event = await server.event('challenge.pushed');
  assert.deepEqual([event.subject, event.data.platform, event.data.token], [sid, 'fcm', 'a-device']);
  assert.equal((await challenges(sid).notifications.create()).ttl, 300);
  await fails(challenges(sid).notifications.create({ ttl: 301 }), 60306, 400);
  await challenges(sid).update({ authPayload: phone.answer({ status: 'denied' }) });
  await fails(challenges(sid).notifications.create(), 60322, 403);
  const silent = newPhone();
  const factor = await service.entities('push-user-2').newFactors.create({ ...silent.form, 'config.notificationPlatform': 'none' });
  await service.entities('push-user-2').factors(factor.sid).update({ authPayload: silent.prove(factor.sid) });
  const quiet = await service.entities('push-user-2').challenges.create({ factorSid: factor.sid });
  await fails(service.entities('push-user-2').challenges(quiet.sid).notifications.create(), 60307, 400);
});

test('a phone makes its factor with a token', async () => {
  const made = await service.accessTokens.create({ identity: 'token-user-1', factorType: 'push', factorFriendlyName: 'phone', ttl: 120 });
  assert.match(made.sid, /^YK/);
  assert.deepEqual([made.entityIdentity, made.factorType, made.factorFriendlyName, made.ttl, made.token.split('.').length], ['token-user-1', 'push', 'phone', 120, 5]);
  assert.equal((await service.accessTokens(made.sid).fetch()).token, made.token);
  const as = (token) => ({ auth: `Basic ${btoa(`token:${token}`)}` });
  const { form } = newPhone();
  const body = { FriendlyName: form.friendlyName, FactorType: 'push', 'Binding.Alg': 'ES256', 'Binding.PublicKey': form['binding.publicKey'], 'Config.AppId': 'a', 'Config.NotificationPlatform': 'none' };
  const path = (identity) => `/v2/Services/${made.serviceSid}/Entities/${identity}/Factors`;
  const post = (identity, form, token = made.token) => server.request('verify', 'POST', path(identity), { form, ...as(token) });
  const factor = await post('token-user-1', body);
  assert.equal(factor.status, 201, factor.text);
  assert.equal(factor.json.identity, 'token-user-1');
  const other = await post('token-user-2', body);
  assert.deepEqual([other.status, other.json.code], [403, 60313]);
  assert.equal((await post('token-user-1', { FriendlyName: 'app', FactorType: 'totp' })).json.code, 60313);
  assert.equal((await server.request('verify', 'GET', path('token-user-1'), as(made.token))).status, 403);
  assert.equal((await post('token-user-1', body, `${made.token.slice(0, -6)}AAAAAA`)).status, 401);
  await server.control('POST', '/clock/advance', { json: { by: '121s' } });
  assert.equal((await post('token-user-1', body)).status, 401);
  for (const bad of [{ identity: 'ada' }, { factorType: 'totp' }, { ttl: 30 }, { ttl: 301 }])
    await assert.rejects(service.accessTokens.create({ identity: 'token-user-1', factorType: 'push', ...bad }), { code: 60305, status: 400 });
  const { forms } = await client.verify.v2.forms('form-push').fetch();
  for (const name of forms.create_factor.required) assert.ok(name in body, name);
});

test('limits and mistakes of factors and challenges have codes of their own', async () => {
  const entity = service.entities('limit-user-1');
  const phone = newPhone();
  const made = await entity.newFactors.create(phone.form);
  await fails(entity.newFactors.create(phone.form), 60317, 409);
  await fails(entity.newFactors.create({ ...newPhone().form, 'binding.publicKey': 'abcd' }), 60314, 400);
  await fails(service.entities.create({ identity: 'limit-user-1' }), 60301, 409);
  await fails(entity.challenges.create({ factorSid: made.sid }), 60318, 403);
  for (let i = 1; i < 20; ++i) await entity.newFactors.create(newPhone().form);
  await fails(entity.newFactors.create(newPhone().form), 60315, 400);
});
