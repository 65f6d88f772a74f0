// `--limits`: sending rates, queues, concurrency, registration. By default none of it is felt.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start({ args: ['--limits', 'business'], logLevel: 'error' });
  client = server.twilio();
  await server.control('POST', '/clock/freeze');
});
after(async () => { await server.stop(); });

const advance = (by) => server.control('POST', '/clock/advance', { json: { by } });
const is = async (sid, status) => assert.equal((await client.messages(sid).fetch()).status, status);
const reaches = async (sid, status) => {
  const answer = await server.control('GET', `/await?${new URLSearchParams({ kind: `message.${status}`, subject: sid, after: 0, timeout: '10s' })}`);
  assert.equal(answer.status, 200, answer.text);
  return client.messages(sid).fetch();
};
const campaign = { description: 'Reminders of appointments to patients of ours', messageFlow: 'Patients sign up at the desk and agree to be reminded', messageSamples: ['Your appointment is at 10', 'Your appointment is canceled'],
  usAppToPersonUsecase: 'MIXED', hasEmbeddedLinks: false, hasEmbeddedPhone: false };
const updated = async (sid, status) => {
  const answer = await server.control('GET', `/await?${new URLSearchParams({ kind: 'registration.updated', subject: sid, [sid.startsWith('QE') ? 'campaign_status' : 'status']: status, after: 0, timeout: '10s' })}`);
  assert.equal(answer.status, 200, answer.text);
};
let approved;
/** The SID of a brand that may have campaigns. */
function brand() {
  return approved ??= (async () => {
    const made = await client.messaging.v1.brandRegistrations.create({ customerProfileBundleSid: `BU${'0'.repeat(32)}`, a2PProfileBundleSid: `BU${'1'.repeat(32)}` });
    await advance('10s');
    await updated(made.sid, 'APPROVED');
    return made.sid;
  })();
}
/** A number that may write to US numbers: of a service with a campaign. */
async function registered(parameters = {}) {
  const number = await server.newNumber(parameters);
  const service = await client.messaging.v1.services.create({ friendlyName: 'campaign' });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const made = await client.messaging.v1.services(service.sid).usAppToPerson.create({ brandRegistrationSid: await brand(), ...campaign });
  await advance('10s');
  await updated(made.sid, 'IN_PROGRESS');
  await advance('10s');
  await updated(made.sid, 'VERIFIED');
  return { ...number, service: service.sid, campaign: made.sid };
}
const tollFreeForm = (sid) => ({ businessName: 'Acme', businessWebsite: 'https://acme.example', notificationEmail: 'a@acme.example', useCaseCategories: ['TWO_FACTOR_AUTHENTICATION'], useCaseSummary: 'codes',
  productionMessageSample: 'Your code is 1', optInImageUrls: ['https://acme.example/in.png'], optInType: 'WEB_FORM', messageVolume: '10', tollfreePhoneNumberSid: sid });
const to = '+14155550142';

test('a US number sends one segment a second, in order', async () => {
  const { phone_number: from } = await registered();
  const sent = [];
  for (let i = 0; i < 4; ++i) sent.push(await client.messages.create({ to, from, body: i === 1 ? 'x'.repeat(200) : `number ${i}` }));
  await reaches(sent[0].sid, 'delivered');
  await is(sent[1].sid, 'queued');
  await advance('1s');
  await reaches(sent[1].sid, 'delivered'); // two segments: the next waits two seconds
  await advance('1s');
  await is(sent[2].sid, 'queued');
  await advance('1s');
  await reaches(sent[2].sid, 'delivered');
  await is(sent[3].sid, 'queued');
  await advance('1h');
  await reaches(sent[3].sid, 'delivered');
});

test('many that become due at once arrive in order', async () => {
  const { phone_number: from } = await registered();
  const phone = '+14155550155';
  for (let i = 0; i < 60; ++i) await client.messages.create({ to: phone, from, body: `${i}` });
  const position = (await server.control('GET', '/health')).json.journal_position;
  await advance('2m');
  const bodies = [];
  for await (const each of server.events({ after: position, kind: 'handset.received' })) {
    if (each.subject !== phone) continue;
    bodies.push(Number(each.data.body));
    if (bodies.length === 59) break;
  }
  assert.deepEqual(bodies, Array.from({ length: 59 }, (_, i) => i + 1));
});

test('a queue of ten hours is full: 21611, or 30001 through a service', async () => {
  const { phone_number: from, service } = await registered();
  const long = 'x'.repeat(1500); // ten segments
  const sids = [];
  for (let i = 0; i < 3600; i += 50) {
    const batch = await Promise.all(Array.from({ length: 50 }, () => server.messages('', 'POST', { To: to, From: from, Body: long })));
    for (const each of batch) {
      assert.equal(each.status, 201, each.text);
      sids.push(each.json.sid);
    }
  }
  const refused = await server.messages('', 'POST', { To: to, From: from, Body: long });
  assert.deepEqual([refused.status, refused.json.code], [400, 21611]);
  const failed = await client.messages.create({ to, messagingServiceSid: service, body: 'x' });
  assert.equal((await reaches(failed.sid, 'failed')).errorCode, 30001);
  await advance('35995s'); // before the ten hours are over, after which a message expires
  await reaches(sids.at(-1), 'delivered');
  assert.equal((await server.messages('', 'POST', { To: to, From: from, Body: long })).status, 201);
});

test('a number without a campaign does not reach the US, but others', async () => {
  const { phone_number: from } = await server.newNumber();
  const message = await client.messages.create({ to, from, body: 'x' });
  const { errorCode } = await reaches(message.sid, 'undelivered');
  assert.equal(errorCode, 30034);
  const abroad = await client.messages.create({ to: '+447400123456', from, body: 'x' });
  await advance('1s');
  await reaches(abroad.sid, 'delivered');
});

test('a campaign is of use once it is verified, and no longer when it is gone or was a mock', async () => {
  const number = await server.newNumber();
  const send = async (status) => {
    const { sid } = await client.messages.create({ to, from: number.phone_number, body: 'x' });
    await advance('1s');
    return (await reaches(sid, status)).errorCode;
  };
  const service = await client.messaging.v1.services.create({ friendlyName: 'c' });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const usa2p = client.messaging.v1.services(service.sid).usAppToPerson;
  const made = await usa2p.create({ brandRegistrationSid: await brand(), ...campaign });
  assert.deepEqual([made.campaignStatus, made.campaignId, made.mock, made.isExternallyRegistered], ['PENDING', null, false, false]);
  assert.equal(await send('undelivered'), 30034);
  await assert.rejects(usa2p.create({ brandRegistrationSid: await brand(), ...campaign }), { status: 409 });
  await advance('10s');
  await updated(made.sid, 'IN_PROGRESS');
  assert.equal((await client.messaging.v1.services(service.sid).fetch()).usAppToPersonRegistered, false);
  await advance('10s');
  await updated(made.sid, 'VERIFIED');
  const known = await usa2p(made.sid).fetch();
  assert.deepEqual([known.campaignStatus, known.rateLimits.att.mps > 0], ['VERIFIED', true]);
  assert.match(known.campaignId, /^C[A-Z0-9]{6}$/);
  assert.equal((await client.messaging.v1.services(service.sid).fetch()).usAppToPersonRegistered, true);
  assert.equal(await send('delivered'), null);
  assert.deepEqual((await usa2p.list()).map((each) => each.sid), [made.sid]);
  await usa2p(made.sid).remove();
  assert.equal((await client.messaging.v1.services(service.sid).fetch()).usAppToPersonRegistered, false);
  assert.equal(await send('undelivered'), 30034);
  const mock = await client.messaging.v1.brandRegistrations.create({ customerProfileBundleSid: `BU${'0'.repeat(32)}`, a2PProfileBundleSid: `BU${'1'.repeat(32)}`, mock: true });
  await advance('10s');
  await updated(mock.sid, 'APPROVED');
  const played = await usa2p.create({ brandRegistrationSid: mock.sid, ...campaign });
  assert.equal(played.mock, true);
  await advance('10s');
  await updated(played.sid, 'IN_PROGRESS');
  await advance('10s');
  await updated(played.sid, 'VERIFIED');
  assert.equal(await send('undelivered'), 30034);
});

test('a toll-free number writes to the US and Canada once it is verified', async () => {
  const number = await server.newNumber({ PhoneNumber: '+18885550123', AreaCode: '' });
  const send = async (receiver, status) => {
    const { sid } = await client.messages.create({ to: receiver, from: number.phone_number, body: 'x' });
    await advance('1s');
    return (await reaches(sid, status)).errorCode;
  };
  assert.equal(await send(to, 'undelivered'), 30032);
  assert.equal(await send('+447400123456', 'delivered'), null);
  const verifications = client.messaging.v1.tollfreeVerifications;
  const made = await verifications.create(tollFreeForm(number.sid));
  assert.deepEqual([made.status, made.tollfreePhoneNumber, made.useCaseCategories], ['PENDING_REVIEW', number.phone_number, ['TWO_FACTOR_AUTHENTICATION']]);
  await assert.rejects(verifications.create(tollFreeForm(number.sid)), { status: 409 });
  await assert.rejects(verifications(made.sid).update({ businessName: 'Other' }), { status: 400 });
  await advance('10s');
  await updated(made.sid, 'IN_REVIEW');
  assert.equal(await send(to, 'undelivered'), 30032);
  const rejected = await server.control('POST', `/registrations/${made.sid}`, { json: { status: 'TWILIO_REJECTED', reason: 'The website cannot be reached', error_code: 30440 } });
  assert.equal(rejected.status, 200, rejected.text);
  const seen = await verifications(made.sid).fetch();
  assert.deepEqual([seen.status, seen.rejectionReason, seen.errorCode, seen.editAllowed], ['TWILIO_REJECTED', 'The website cannot be reached', 30440, true]);
  assert.equal((await verifications(made.sid).update({ businessName: 'Other' })).status, 'PENDING_REVIEW');
  let reviews = 0;
  await advance('10s');
  await server.event('registration.updated', (each) => each.subject === made.sid && each.data.status === 'IN_REVIEW' && ++reviews > 1);
  await advance('10s');
  await updated(made.sid, 'TWILIO_APPROVED');
  assert.deepEqual((await verifications.list({ status: 'TWILIO_APPROVED' })).map((each) => [each.sid, each.businessName]), [[made.sid, 'Other']]);
  assert.equal(await send(to, 'delivered'), null);
  await verifications(made.sid).remove();
  assert.equal(await send(to, 'undelivered'), 30032);
  const local = await server.newNumber();
  await assert.rejects(verifications.create(tollFreeForm(local.sid)), { status: 400, code: 20001 });
});

test('brands: failing, sole proprietors, vettings', async () => {
  const brands = client.messaging.v1.brandRegistrations;
  const bundles = { customerProfileBundleSid: `BU${'0'.repeat(32)}`, a2PProfileBundleSid: `BU${'1'.repeat(32)}` };
  const one = await brands.create(bundles);
  assert.deepEqual([one.status, one.brandType, one.identityStatus, one.tcrId, one.mock, one.errors], ['PENDING', 'STANDARD', 'SELF_DECLARED', null, false, []]);
  const service = (await client.messaging.v1.services.create({ friendlyName: 'b' })).sid;
  const usa2p = client.messaging.v1.services(service).usAppToPerson;
  await assert.rejects(usa2p.create({ brandRegistrationSid: one.sid, ...campaign }), { status: 400, code: 21717 });
  await assert.rejects(usa2p.create({ brandRegistrationSid: `BN${'9'.repeat(32)}`, ...campaign }), { status: 400, code: 21717 });
  await server.control('POST', `/registrations/${one.sid}`, { json: { status: 'FAILED', reason: 'No such company', error_code: 30795 } });
  const failed = await brands(one.sid).fetch();
  assert.deepEqual([failed.status, failed.failureReason, failed.errors[0].error_code], ['FAILED', 'No such company', 30795]);
  await advance('10s');
  assert.equal((await brands(one.sid).fetch()).status, 'FAILED'); // what was decided stays
  assert.equal((await brands(one.sid).update()).status, 'PENDING');
  await advance('10s');
  await updated(one.sid, 'APPROVED');
  const approvedBrand = await brands(one.sid).fetch();
  assert.deepEqual([approvedBrand.identityStatus, approvedBrand.brandScore], ['VERIFIED', 75]);
  assert.match(approvedBrand.tcrId, /^B[A-Z0-9]{6}$/);
  await assert.rejects(brands(one.sid).update(), { status: 400 });
  const vetting = await brands(one.sid).brandVettings.create({ vettingProvider: 'campaign-verify', vettingId: 'token' });
  assert.deepEqual([vetting.vettingStatus, vetting.vettingClass, vetting.vettingProvider, vetting.brandSid], ['PENDING', 'POLITICAL', 'campaign-verify', one.sid]);
  await advance('10s');
  await server.event('registration.updated', (each) => each.subject === vetting.brandVettingSid);
  assert.equal((await brands(one.sid).brandVettings(vetting.brandVettingSid).fetch()).vettingStatus, 'SUCCESS');
  const sole = await brands.create({ ...bundles, brandType: 'SOLE_PROPRIETOR' });
  await advance('10s');
  await updated(sole.sid, 'APPROVED');
  assert.equal((await brands(sole.sid).fetch()).identityStatus, 'UNVERIFIED');
  const own = { ...campaign, usAppToPersonUsecase: 'SOLE_PROPRIETOR', brandRegistrationSid: sole.sid };
  await assert.rejects(usa2p.create(own), { status: 400, code: 21717 });
  assert.equal((await brands(sole.sid).brandRegistrationOtps.create()).brandRegistrationSid, sole.sid);
  await advance('10s');
  await server.event('registration.updated', (each) => each.subject === sole.sid && each.data.identity_status === 'VERIFIED');
  await assert.rejects(usa2p.create({ ...own, usAppToPersonUsecase: 'MIXED' }), { status: 400, code: 21717 });
  assert.equal((await usa2p.create(own)).campaignStatus, 'PENDING');
  await assert.rejects(brands(one.sid).brandRegistrationOtps.create(), { status: 400 });
  await assert.rejects(brands.create({ ...bundles, brandType: 'OTHER' }), { status: 400, code: 20001 });
});

test('campaigns: what is asked of their texts, use cases, and those that were registered elsewhere', async () => {
  const service = (await client.messaging.v1.services.create({ friendlyName: 'c' })).sid;
  const usa2p = client.messaging.v1.services(service).usAppToPerson;
  for (const wrong of [{ description: 'short' }, { messageSamples: ['Your appointment is at 10'] }, { messageSamples: ['short', 'short'] }, { messageFlow: 'x' }, { usAppToPersonUsecase: 'SPAM' }, { helpMessage: 'x' }])
    await assert.rejects(usa2p.create({ ...campaign, brandRegistrationSid: await brand(), ...wrong }), { status: 400, code: 20001 }, JSON.stringify(wrong));
  const { usAppToPersonUsecases } = await client.messaging.v1.services(service).usAppToPersonUsecases.fetch({ brandRegistrationSid: await brand() });
  assert.ok(usAppToPersonUsecases.some((each) => each.code === '2FA' && each.post_approval_required === false));
  assert.ok(!usAppToPersonUsecases.some((each) => each.code === 'SOLE_PROPRIETOR'));
  assert.ok((await client.messaging.v1.usecases.fetch()).usecases.some((each) => each.usecase === 'marketing'));
  const external = await client.messaging.v1.externalCampaign.create({ campaignId: 'CABC123', messagingServiceSid: service });
  assert.deepEqual([external.campaignId, external.messagingServiceSid], ['CABC123', service]);
  const shared = await usa2p(external.sid).fetch();
  assert.deepEqual([shared.isExternallyRegistered, shared.campaignStatus, shared.campaignId], [true, 'PENDING', 'CABC123']);
  await server.control('POST', `/registrations/${external.sid}`, { json: { status: 'FAILED', reason: 'No', error_code: 30886 } });
  assert.deepEqual([(await usa2p(external.sid).fetch()).campaignStatus, (await usa2p(external.sid).fetch()).errors[0].error_code], ['FAILED', 30886]);
  const again = await usa2p(external.sid).update({ ...campaign, ageGated: false, directLending: false });
  assert.equal(again.campaignStatus, 'PENDING');
  await assert.rejects(usa2p(external.sid).update({ ...campaign, ageGated: false, directLending: false }), { status: 400 });
  assert.equal((await server.control('POST', `/registrations/${external.sid}`, { json: { status: 'NICE' } })).status, 400);
  assert.equal((await server.control('POST', `/registrations/QE${'0'.repeat(32)}`, { json: { status: 'VERIFIED' } })).status, 404);
});

test('what waits outlives the program', async () => {
  const own = await Server.start({ data: true, args: ['--limits', 'business'], logLevel: 'error' });
  try {
    await own.control('POST', '/clock/freeze');
    const number = await own.newNumber({ PhoneNumber: '+18885550124', AreaCode: '' });
    const { sid: verification } = await own.twilio().messaging.v1.tollfreeVerifications.create(tollFreeForm(number.sid));
    await own.control('POST', `/registrations/${verification}`, { json: { status: 'TWILIO_APPROVED' } });
    const send = async () => (await own.messages('', 'POST', { To: own.handset, From: number.phone_number, Body: 'x' })).json.sid;
    const sids = [];
    for (let i = 0; i < 7; ++i) sids.push(await send());
    await own.kill();
    await own.launch();
    for (const sid of sids) await own.event('message.delivered', (each) => each.subject === sid);
    assert.equal((await own.control('GET', `/handsets/${encodeURIComponent(own.handset)}/messages`)).json.messages.length, 7);
  } finally {
    await own.stop();
  }
});

test('too many requests at once: 429, 20429 and Retry-After', async () => {
  const slow = Array.from({ length: 300 }, () => server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/Messages.json?PageSize=1000`));
  const answers = await Promise.all(slow);
  const refused = answers.filter((each) => each.status === 429);
  assert.ok(answers.every((each) => each.status === 200 || each.status === 429));
  for (const each of refused) assert.deepEqual([each.json.code, each.headers['retry-after']], [20429, '1']);
  assert.equal((await server.messages()).status, 200);
});

test('trial: a trial account with one number', async () => {
  const own = await Server.start({ args: ['--limits', 'trial'] });
  try {
    assert.equal((await own.twilio().api.v2010.accounts(own.sid).fetch()).type, 'Trial');
    const second = await own.request('api', 'POST', `/2010-04-01/Accounts/${own.sid}/IncomingPhoneNumbers.json`, { form: { AreaCode: '415' } });
    assert.deepEqual([second.status, second.json.code], [400, 21404]);
    const stranger = await own.messages('', 'POST', { To: '+14155550199', From: own.number, Body: 'x' });
    assert.equal(stranger.json.code, 21608);
  } finally {
    await own.stop();
  }
});
