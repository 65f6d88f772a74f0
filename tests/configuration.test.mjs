// Caller IDs, applications, short codes, addresses, and numbers that change hands.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
let client;
before(async () => {
  [server, hooks] = await Promise.all([Server.start(), Hooks.start()]);
  client = server.twilio();
});
after(() => Promise.all([server.stop(), hooks.close()]));

const enter = (phone, code) => server.control('POST', `/handsets/${encodeURIComponent(phone)}/caller_id`, { json: { code } });

test('a caller ID exists once its phone has entered the code', async () => {
  const phone = await server.newHandset();
  hooks.on('/verified', { status: 204 });
  const asked = await client.validationRequests.create({ phoneNumber: phone, friendlyName: 'Mine', statusCallback: hooks.url('/verified') });
  assert.match(asked.validationCode, /^\d{6}$/);
  assert.match(asked.callSid, /^CA/);
  const message = await server.waitForMessage(phone, { contains: asked.validationCode });
  assert.equal(message.from, '+14157234000');
  assert.deepEqual(await client.outgoingCallerIds.list({ phoneNumber: phone }), []);
  assert.equal((await enter(phone, asked.validationCode === '000000' ? '111111' : '000000')).json.code, 20001);
  const made = await enter(phone, asked.validationCode);
  assert.equal(made.status, 201);
  const [found] = await client.outgoingCallerIds.list({ phoneNumber: phone });
  assert.deepEqual([found.sid, found.friendlyName, found.phoneNumber], [made.json.sid, 'Mine', phone]);
  const told = await hooks.next('/verified');
  assert.deepEqual([told.params.VerificationStatus, told.params.OutgoingCallerIdSid, told.params.CallSid, told.params.To], ['success', found.sid, asked.callSid, phone]);
  assert.ok(hooks.isSigned(told, server.token));
  assert.equal((await client.outgoingCallerIds(found.sid).update({ friendlyName: 'Ours' })).friendlyName, 'Ours');
  await assert.rejects(client.validationRequests.create({ phoneNumber: phone }), { code: 21450 });
  assert.equal((await enter(phone, asked.validationCode)).status, 404);
  await client.outgoingCallerIds(found.sid).remove();
  await client.validationRequests.create({ phoneNumber: phone });
});

test('nobody who enters nothing, or the wrong code three times, has a caller ID', async () => {
  const [wrong, silent] = [await server.newHandset(), await server.newHandset()];
  hooks.on('/failed', { status: 204 });
  const asked = await client.validationRequests.create({ phoneNumber: wrong, statusCallback: hooks.url('/failed') });
  for (let i = 0; i < 3; ++i) await enter(wrong, `${asked.validationCode}9`);
  assert.equal((await hooks.next('/failed', (each) => each.params.To === wrong)).params.VerificationStatus, 'failed');
  assert.equal((await enter(wrong, asked.validationCode)).status, 404);
  await client.validationRequests.create({ phoneNumber: silent, statusCallback: hooks.url('/failed'), callDelay: 60 });
  await server.control('POST', '/clock/advance', { json: { by: '61s' } });
  await server.waitForMessage(silent);
  await server.control('POST', '/clock/advance', { json: { by: '6m' } });
  const told = await hooks.next('/failed', (each) => each.params.To === silent);
  assert.deepEqual([told.params.VerificationStatus, told.params.OutgoingCallerIdSid], ['failed', undefined]);
});

for (const [parameters, code] of [
  [{ phoneNumber: 'nobody' }, 21401],
  [{ callDelay: 61 }, 21454],
  [{ statusCallback: 'nowhere' }, 21502],
]) {
  test(`a validation request with ${JSON.stringify(parameters)} is refused`, () =>
    assert.rejects(client.validationRequests.create({ phoneNumber: '+15558675301', ...parameters }), { code, status: 400 }));
}

test('a number of the account needs no verification', () => assert.rejects(client.validationRequests.create({ phoneNumber: server.number }), { code: 21449 }));

test('a verified number may be written to by a trial account', async () => {
  const trial = await Server.start({ args: ['--account-type', 'trial'] });
  try {
    const phone = await trial.newHandset();
    const send = () => trial.twilio().messages.create({ from: trial.number, to: phone, body: 'hi' });
    await assert.rejects(send(), { code: 21608 });
    const { validationCode } = await trial.twilio().validationRequests.create({ phoneNumber: phone });
    await trial.control('POST', `/handsets/${encodeURIComponent(phone)}/caller_id`, { json: { code: validationCode } });
    assert.equal((await send()).to, phone);
  } finally {
    await trial.stop();
  }
});

test('an application takes the place of the webhooks of the numbers that have it', async () => {
  hooks.on('/application', twiml('<Message>from the application</Message>'));
  const application = await client.applications.create({ friendlyName: 'App', smsUrl: hooks.url('/application') });
  assert.deepEqual([application.smsMethod, application.voiceMethod, application.voiceCallerIdLookup], ['POST', 'POST', false]);
  const number = await client.incomingPhoneNumbers.create({ areaCode: '415', smsApplicationSid: application.sid, smsUrl: hooks.url('/never') });
  await server.text(server.handset, number.phoneNumber, 'hello');
  await server.waitForMessage(server.handset, { contains: 'from the application' });
  assert.equal((await client.applications(application.sid).update({ smsMethod: 'GET' })).smsMethod, 'GET');
  assert.deepEqual((await client.applications.list({ friendlyName: 'App' })).map((each) => each.sid), [application.sid]);
  await assert.rejects(client.applications.create({ smsUrl: 'nowhere' }), { code: 21402 });
  await assert.rejects(client.applications.create({ voiceMethod: 'FETCH' }), { code: 21403 });
  await assert.rejects(client.applications.create({ friendlyName: 'x'.repeat(65) }), { code: 20002 });
  const types = (await client.monitor.v1.events.list({ resourceSid: application.sid })).map((each) => each.eventType);
  assert.deepEqual(types, ['application.updated', 'application.created']);
  await client.applications(application.sid).remove();
  await assert.rejects(client.applications(application.sid).fetch(), { code: 20404 });
});

test('short codes are looked at and changed', async () => {
  const made = await server.control('POST', '/resources', { json: {
    url: `https://api.twilio.com/2010-04-01/Accounts/${server.sid}/SMS/ShortCodes.json`, properties: { short_code: '894546', friendly_name: 'DIALTONE' } } });
  assert.equal(made.status, 201, made.text);
  const [found] = await client.shortCodes.list({ shortCode: '894546' });
  assert.equal((await client.shortCodes(found.sid).update({ smsUrl: hooks.url('/short') })).smsUrl, hooks.url('/short'));
  assert.equal((await client.shortCodes(found.sid).fetch()).friendlyName, 'DIALTONE');
  await assert.rejects(client.shortCodes(found.sid).update({ smsUrl: 'nowhere' }), { code: 21402 });
});

test('an address is kept while a number depends on it', async () => {
  const parameters = { customerName: 'Ada', street: '1 Main St', city: 'Oakland', region: 'CA', postalCode: '94612', isoCountry: 'US' };
  const address = await client.addresses.create({ ...parameters, friendlyName: 'Office' });
  assert.deepEqual([address.isoCountry, address.validated, address.verified, address.emergencyEnabled], ['US', false, false, false]);
  const number = await client.incomingPhoneNumbers.create({ areaCode: '510', addressSid: address.sid });
  assert.deepEqual((await client.addresses(address.sid).dependentPhoneNumbers.list()).map((each) => each.sid), [number.sid]);
  await assert.rejects(client.addresses(address.sid).remove(), { code: 21630, status: 400 });
  assert.equal((await client.addresses(address.sid).update({ street: '2 Main St' })).street, '2 Main St');
  assert.deepEqual((await client.addresses.list({ customerName: 'Ada', isoCountry: 'US' })).map((each) => each.sid), [address.sid]);
  await client.incomingPhoneNumbers(number.sid).remove();
  await client.addresses(address.sid).remove();
  await assert.rejects(client.addresses.create({ ...parameters, postalCode: 'none' }), { code: 21628 });
  await assert.rejects(client.addresses.create({ ...parameters, isoCountry: 'usa' }), { code: 21628 });
  await assert.rejects(client.addresses.create({ ...parameters, city: '' }), { code: 20001 });
  await assert.rejects(client.addresses(address.sid).dependentPhoneNumbers.list(), { code: 20404 });
});

test('a parent moves a number to a subaccount and back', async () => {
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'Branch' });
  const own = server.twilio('twilio', sub.sid, sub.authToken);
  const number = await client.incomingPhoneNumbers.create({ areaCode: '628', smsUrl: hooks.url('/moved') });
  const moved = await client.incomingPhoneNumbers(number.sid).update({ accountSid: sub.sid });
  assert.deepEqual([moved.accountSid, moved.sid, moved.smsUrl], [sub.sid, number.sid, hooks.url('/moved')]);
  await assert.rejects(client.incomingPhoneNumbers(number.sid).fetch(), { code: 20404 });
  await own.messages.create({ from: number.phoneNumber, to: server.handset, body: 'from the branch' });
  await assert.rejects(client.messages.create({ from: number.phoneNumber, to: server.handset, body: 'no more' }), { code: 21660 });
  await assert.rejects(own.incomingPhoneNumbers(number.sid).update({ accountSid: server.sid }), { code: 21474 });
  const forIt = client.api.v2010.accounts(sub.sid).incomingPhoneNumbers(number.sid);
  await assert.rejects(forIt.update({ accountSid: 'AC1' }), { code: 21470 });
  await assert.rejects(forIt.update({ accountSid: `AC${'0'.repeat(32)}` }), { code: 21471 });
  const closed = await client.api.v2010.accounts.create({});
  await client.api.v2010.accounts(closed.sid).update({ status: 'closed' });
  await assert.rejects(forIt.update({ accountSid: closed.sid }), { code: 21472 });
  assert.equal((await forIt.update({ accountSid: server.sid })).accountSid, server.sid);
  await client.messages.create({ from: number.phoneNumber, to: server.handset, body: 'back' });
  const types = (await client.monitor.v1.events.list({ resourceSid: number.sid })).map((each) => each.eventType);
  assert.ok(types.includes('phone-number.created') && types.includes('phone-number.updated'), types.join());
});
