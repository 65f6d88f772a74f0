// Verify's channels: SMS in languages, WhatsApp, RCS, mails; what each refuses, and what Twilio's Console sets.

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

let line = 0;
const phone = () => `+1415555${String(3000 + line++)}`;
const fails = (promise, code, status = 400) => assert.rejects(promise, (error) => {
  assert.deepEqual([error.code, error.status], [code, status], error.message);
  return true;
});
const newService = async (parameters = {}) => client.verify.v2.services((await client.verify.v2.services.create({ friendlyName: 'Owl', ...parameters })).sid);
const sidOf = (service) => service._solution.sid;
const settings = async (service, json) => {
  const answer = await server.control('POST', `/verify-services/${sidOf(service)}`, { json });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const mails = async (address) => (await server.control('GET', `/mailboxes/${encodeURIComponent(address)}`)).json.mails;

test('WhatsApp and RCS reach the phone at the address of their channel', async () => {
  const service = await newService();
  for (const [channel, shown, attempt, pattern] of [['whatsapp', 'whatsapp', 'whatsapp', /^\*(\d{6})\* is your verification code/], ['rcs', 'rcs', 'rbm', /^Your Owl verification code is: (\d{6})$/]]) {
    const to = phone();
    const started = await service.verifications.create({ to, channel });
    assert.deepEqual([started.channel, started.to, started.status], [channel, to, 'pending']);
    assert.equal(started.sendCodeAttempts[0].channel, shown);
    const message = await server.waitForMessage(to);
    assert.equal(message.to, `${channel}:${to}`);
    assert.ok(message.from.startsWith(`${channel}:`), message.from);
    const [, code] = pattern.exec(message.body);
    assert.equal((await service.verificationChecks.create({ to, code })).status, 'approved');
    const [kept] = await client.verify.v2.verificationAttempts.list({ 'channelData.to': to });
    assert.deepEqual([kept.channel, kept.channelData.message_status, kept.channelData.error_code], [attempt, 'delivered', null]);
  }
});

test('WhatsApp is sent by the service\'s own sender, if it has one that can', async () => {
  const pool = await client.messaging.v1.services.create({ friendlyName: 'codes' });
  const own = await newService({ 'whatsapp.msgServiceSid': pool.sid });
  await fails(own.verifications.create({ to: phone(), channel: 'whatsapp' }), 68008);
  const named = await newService({ 'whatsapp.msgServiceSid': pool.sid, 'whatsapp.from': 'whatsapp:+14155550123' });
  const to = phone();
  await named.verifications.create({ to, channel: 'whatsapp' });
  assert.equal((await server.waitForMessage(to)).from, 'whatsapp:+14155550123');
});

test('auto sends by SMS, and a change of channel sends the same code', async () => {
  const service = await newService();
  const to = phone();
  const started = await service.verifications.create({ to, channel: 'auto', deviceIp: '203.0.113.9' });
  assert.equal(started.channel, 'sms');
  const again = await service.verifications.create({ to, channel: 'whatsapp' });
  assert.deepEqual([again.sid, again.channel, again.sendCodeAttempts.map((each) => each.channel)], [started.sid, 'whatsapp', ['SMS', 'whatsapp']]);
  const { json } = await server.control('GET', `/handsets/${encodeURIComponent(to)}/messages`);
  assert.equal(new Set(json.messages.map((each) => /\d{6}/.exec(each.body)[0])).size, 1);
  await fails(service.verifications.create({ to, channel: 'auto', deviceIp: 'here' }), 60200);
});

test('a mail needs a mailer, and reaches a mailbox', async () => {
  const service = await newService();
  const to = 'ada@example.com';
  await fails(service.verifications.create({ to, channel: 'email' }), 60217);
  const set = await settings(service, { mailer: { from: 'codes@owl.example', from_name: 'Owl Bank',
    templates: { 'd-plain': { subject: 'Hello {{username}}', text: '{{twilio_code}} it is, says {{twilio_service_name}}' }, 'd-bare': { text: 'no code' } } } });
  assert.deepEqual([set.mailer.from, set.mailer.default_template_id, set.channels_off], ['codes@owl.example', '', []]);
  await fails(service.verifications.create({ to: 'no address', channel: 'email' }), 60200);
  const { position } = (await server.control('GET', '/health')).json;
  const started = await service.verifications.create({ to, channel: 'email' });
  assert.deepEqual([started.to, started.channel, started.sendCodeAttempts[0].channel], [to, 'email', 'EMAIL']);
  const waited = await server.control('GET', `/await?kind=email&to=${to}&body~=(\\d{6})&after=${position ?? 0}`);
  assert.equal(waited.status, 200, waited.text);
  const [mail] = await mails(to);
  assert.deepEqual([mail.from, mail.from_name, mail.subject, mail.verification_sid], ['codes@owl.example', 'Owl Bank', 'Your Owl verification code', started.sid]);
  assert.equal(mail.body, `Your Owl verification code is: ${waited.json.groups[0]}`);
  assert.equal((await service.verificationChecks.create({ to, code: waited.json.groups[0] })).valid, true);

  const channelConfiguration = (json) => ({ to: 'grace@example.com', channel: 'email', channelConfiguration: json });
  await service.verifications.create(channelConfiguration({ template_id: 'd-plain', from: 'other@owl.example', from_name: 'Other', substitutions: { username: 'Grace' } }));
  const [other] = await mails('grace@example.com');
  assert.deepEqual([other.from, other.from_name, other.subject], ['other@owl.example', 'Other', 'Hello Grace']);
  assert.match(other.body, /^\d{6} it is, says Owl$/);
  await fails(service.verifications.create(channelConfiguration({ template_id: 'd-none' })), 60218);
  await fails(service.verifications.create(channelConfiguration({ template_id: 'd-bare' })), 60219);
  await fails(service.verifications.create(channelConfiguration({ from: 'codes@elsewhere.example' })), 60222, 403);
  await fails(service.verifications.create(channelConfiguration({ from: 'nobody' })), 60200);
  for (const bad of [{ mailer: { from: 'x' } }, { mailer: { from: 'a@b.c', templates: { t: {} } } }, { channels_off: ['fax'] }, { blocked_countries: ['Narnia'] }, { blocked_prefixes: ['44'] }, { colour: 'red' }])
    assert.equal((await server.control('POST', `/verify-services/${sidOf(service)}`, { json: bad })).status, 400, JSON.stringify(bad));
  assert.equal((await server.control('GET', `/verify-services/VA${'0'.repeat(32)}`)).status, 404);
});

test('channels that are not there, or were switched off', async () => {
  const service = await newService();
  await fails(service.verifications.create({ to: phone(), channel: 'call' }), 60223);
  await fails(service.verifications.create({ to: phone(), channel: 'pigeon' }), 60200);
  await settings(service, { channels_off: ['whatsapp'] });
  await fails(service.verifications.create({ to: phone(), channel: 'whatsapp' }), 60223);
  await service.verifications.create({ to: phone(), channel: 'sms' });
  const psd2 = await newService({ psd2Enabled: true });
  await fails(psd2.verifications.create({ to: phone(), channel: 'call', amount: '1', payee: 'x' }), 60214);
  await fails(psd2.verifications.create({ to: phone(), channel: 'sna', amount: '1', payee: 'x' }), 60329);
});

test('codes do not go everywhere; the safe list and RiskCheck are let through', async () => {
  const service = await newService();
  const start = (to, more = {}) => service.verifications.create({ to, channel: 'sms', ...more });
  await fails(start('+442077651182'), 60205, 403);
  await fails(start('+8613812345678'), 60220);
  await fails(start('+989121234567'), 60238, 403);
  await settings(service, { china_vetted: true, blocked_countries: ['FR'], blocked_prefixes: ['+141555539'] });
  await start('+8613812345678');
  await fails(start('+33612345678'), 60605, 403);
  await service.verifications.create({ to: '+33612345678', channel: 'whatsapp' });
  await fails(start('+14155553900'), 60410, 403);
  await start('+14155553901', { riskCheck: 'disable' });
  await fails(start('+14155553902', { riskCheck: 'maybe' }), 60200);
  const listed = await client.verify.v2.safelist.create({ phoneNumber: '+14155553900' });
  assert.match(listed.sid, /^GN/);
  assert.equal(listed.url, 'https://verify.twilio.com/v2/SafeList/Numbers/+14155553900');
  await start('+14155553900');
  await fails(client.verify.v2.safelist.create({ phoneNumber: '+14155553900' }), 60411);
  await fails(client.verify.v2.safelist.create({ phoneNumber: '4155553900x' }), 60200);
  assert.deepEqual([(await client.verify.v2.safelist('+14155553900').fetch()).sid], [listed.sid]);
  assert.equal((await client.accounts.v1.safelist.fetch({ phoneNumber: '+14155553900' })).sid, listed.sid);
  await client.verify.v2.safelist('+14155553900').remove();
  await fails(client.verify.v2.safelist('+14155553900').fetch(), 20404, 404);
  await fails(start('+14155553900'), 60410, 403);
  assert.equal((await client.accounts.v1.safelist.create({ phoneNumber: '+14155553900' })).phoneNumber, '+14155553900');
  await start('+14155553900');
  await client.accounts.v1.safelist.remove({ phoneNumber: '+14155553900' });
  await fails(client.accounts.v1.safelist.fetch({ phoneNumber: '+14155553900' }), 20404, 404);
});

test('words: languages, app hash, warnings, substitutions', async () => {
  const service = await newService({ doNotShareWarningEnabled: true });
  await service.verifications.create({ to: '+4915112345678', channel: 'sms', appHash: 'He42w354ol9' });
  assert.match((await server.waitForMessage('+4915112345678')).body, /^<#> Ihr Bestätigungscode für Owl lautet: \d{6}\. Don’t share this code with anyone; our employees will never ask for the code He42w354ol9$/);
  await fails(service.verifications.create({ to: phone(), channel: 'sms', appHash: 'short' }), 60200);
  await fails(service.verifications.create({ to: phone(), channel: 'whatsapp', appHash: 'He42w354ol9' }), 60602);

  const seed = async (translations, more = {}) => {
    const made = await server.control('POST', '/resources', { json: { url: 'https://verify.twilio.com/v2/Templates', properties: { friendly_name: 'Own', channels: ['sms'], translations, ...more } } });
    assert.equal(made.status, 201, made.text);
    return made.json.sid;
  };
  const link = await seed({ en: { text: '{{friendly_name}}: https://owl.example/?uuid={{uuid}}&code={{code}}&ttl={{ttl}}' } });
  const draft = await seed({ en: { text: '{{code}}', status: 'pending' } });
  const to = phone();
  await fails(service.verifications.create({ to, channel: 'sms', templateSid: link }), 60224);
  await fails(service.verifications.create({ to, channel: 'sms', templateSid: link, templateCustomSubstitutions: 'uuid' }), 60224);
  await fails(service.verifications.create({ to, channel: 'sms', templateSid: draft }), 60201);
  await fails(service.verifications.create({ to, channel: 'sms', templateSid: `HJ${'f'.repeat(32)}` }), 60228);
  await fails(service.verifications.create({ to, channel: 'sms', templateSid: link, templateCustomSubstitutions: JSON.stringify({ uuid: 'x'.repeat(600) }) }), 60247);
  const { sid } = await service.verifications.create({ to, channel: 'sms', templateSid: link, locale: 'fr', templateCustomSubstitutions: JSON.stringify({ uuid: 'u-1', code: 'no' }) });
  assert.match((await server.waitForMessage(to)).body, /^Owl: https:\/\/owl\.example\/\?uuid=u-1&code=\d{6}&ttl=10\. Don’t/);
  const alerts = async (resource) => (await server.control('GET', `/alerts?resource=${resource}`)).json.alerts.map((each) => [each.error_code, each.log_level]);
  assert.deepEqual(await alerts(sid), [['60325', 'warning']]);
  const whatsapp = await service.verifications.create({ to: phone(), channel: 'whatsapp', templateSid: link });
  assert.deepEqual(await alerts(whatsapp.sid), [['60327', 'warning']]);

  const choose = (templates) => service.verifications.create({ to: phone(), channel: 'sms', templates: JSON.stringify(templates) });
  await choose([{ sid: draft }, { sid: link, substitutions: { uuid: '2' } }]);
  await fails(choose([{ sid: draft }, { sid: link }]), 60252);
  for (const bad of [[], {}, [{ sid: 'HJ' }], [{ sid: link, substitutions: 'x' }], Array(11).fill({ sid: link })]) await fails(choose(bad), 60251);
});

test('what the service looks up is told', async () => {
  const service = await newService({ lookupEnabled: true });
  const started = await service.verifications.create({ to: phone(), channel: 'sms' });
  assert.deepEqual(started.lookup, { carrier: { mobile_country_code: null, type: 'mobile', error_code: null, mobile_network_code: null, name: 'Dialtone' } });
});

test('a check names whom it is about; two starts at once are one too many', async () => {
  const service = await newService();
  await fails(service.verificationChecks.create({ code: '123456' }), 60221);
  const to = phone();
  const starts = await Promise.allSettled(Array.from({ length: 4 }, () => service.verifications.create({ to, channel: 'sms' })));
  const refused = starts.filter((each) => each.status === 'rejected').map((each) => [each.reason.code, each.reason.status]);
  for (const each of refused) assert.deepEqual(each, [60212, 429]);
  assert.ok(refused.length < 4);
});

test('a verification may be looked at sixty times a minute', async () => {
  const service = await newService();
  const { sid } = await service.verifications.create({ to: phone(), channel: 'sms' });
  for (let i = 0; i < 60; ++i) await service.verifications(sid).fetch();
  await fails(service.verifications(sid).fetch(), 20429, 429);
});

test('a service has so many rate limits, and each so many buckets', async () => {
  const service = await newService();
  await fails(service.rateLimits.create({ uniqueName: 'no blanks' }), 60209);
  let limit;
  for (let i = 0; i < 20; ++i) limit = await service.rateLimits.create({ uniqueName: `limit-${i}` });
  await fails(service.rateLimits.create({ uniqueName: 'one-more' }), 60207);
  for (let i = 1; i <= 20; ++i) await service.rateLimits(limit.sid).buckets.create({ max: 1, interval: i });
  await fails(service.rateLimits(limit.sid).buckets.create({ max: 1, interval: 21 }), 60210);
});
