// What countries ask of who has a number: an address there, papers that were approved. With limits it must be given; what is
// given is always checked. And what numbers of other countries cannot do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let business;  // a server with limits
let server;
let hooks;
before(async () => {
  [business, server, hooks] = await Promise.all([Server.start({ args: ['--limits', 'business'], logLevel: 'error' }), Server.start({ logLevel: 'error' }), Hooks.start()]);
  await business.control('POST', '/clock/freeze');
});
after(() => Promise.all([business.stop(), server.stop(), hooks.close()]));

const fails = (promise, code, message) => assert.rejects(promise, (error) => {
  assert.deepEqual([error.code, error.status], [code, 400], error.message);
  if (message) assert.match(error.message, message);
  return true;
});
const address = (client, isoCountry) => client.addresses.create({ customerName: 'Acme', street: 'Main Street 1', city: 'City', region: 'Region', postalCode: '12345', isoCountry });
const bundles = (client) => client.numbers.v2.regulatoryCompliance.bundles;
const draft = (client) => bundles(client).create({ friendlyName: 'papers', email: 'a@acme.example' });
const becomes = async (sid, status, of = business) => {
  const answer = await of.control('GET', `/await?${new URLSearchParams({ kind: 'registration.updated', subject: sid, status, after: 0, timeout: '20s' })}`);
  assert.equal(answer.status, 200, answer.text);
};
async function approved(client, of = business) {
  const { sid } = await draft(client);
  const answer = await of.request(null, 'POST', `/_dialtone/v1/registrations/${sid}`, { json: { status: 'twilio-approved' }, auth: `Basic ${Buffer.from(`${client.accountSid}:${client.password}`).toString('base64')}` });
  assert.equal(answer.status, 200, answer.text);
  return sid;
}
const local = '+493012345678';   // wants an address in Germany
const mobile = '+447400123456';  // wants any address

test('a number of a country that asks for an address needs one, and papers: 21631, 21615, 21649', async () => {
  const client = business.twilio();
  const buy = (parameters) => client.incomingPhoneNumbers.create({ phoneNumber: local, ...parameters });
  assert.equal((await client.availablePhoneNumbers('DE').local.list({ limit: 1 }))[0].addressRequirements, 'local');
  await fails(buy({}), 21631, /'AddressSid' parameter was empty/);
  const here = await address(client, 'US');
  await fails(buy({ addressSid: here.sid }), 21615, new RegExp(`${here.sid}.*Local Address`));
  await fails(buy({ addressSid: `AD${'0'.repeat(32)}` }), 21615);
  const there = await address(client, 'DE');
  await fails(buy({ addressSid: there.sid }), 21649, /bundle compliant/);
  await fails(buy({ addressSid: there.sid, bundleSid: `BU${'0'.repeat(32)}` }), 21649, /does not exist/);
  const papers = await draft(client);
  assert.equal(papers.status, 'draft');
  await fails(buy({ addressSid: there.sid, bundleSid: papers.sid }), 21649, /not twilio-approved/);
  assert.equal((await bundles(client)(papers.sid).update({ status: 'pending-review' })).status, 'pending-review');
  await fails(buy({ addressSid: there.sid, bundleSid: papers.sid }), 21649, /not twilio-approved/);
  await business.control('POST', '/clock/advance', { json: { by: '10s' } });
  await becomes(papers.sid, 'in-review');
  await business.control('POST', '/clock/advance', { json: { by: '10s' } });
  await becomes(papers.sid, 'twilio-approved');
  const number = await buy({ addressSid: there.sid, bundleSid: papers.sid });
  assert.deepEqual([number.addressRequirements, number.addressSid, number.bundleSid], ['local', there.sid, papers.sid]);
  await fails(client.incomingPhoneNumbers(number.sid).update({ addressSid: here.sid }), 21615);
  assert.equal((await client.incomingPhoneNumbers(number.sid).update({ friendlyName: 'Berlin' })).friendlyName, 'Berlin');
});

test('any address will do for some, none is asked for at home', async () => {
  const client = business.twilio();
  const buy = (parameters) => client.incomingPhoneNumbers.create({ phoneNumber: mobile, ...parameters });
  await fails(buy({}), 21631);
  await fails(buy({ addressSid: `AD${'0'.repeat(32)}` }), 21631, /Could not find Address/);
  const number = await buy({ addressSid: (await address(client, 'US')).sid, bundleSid: await approved(client) });
  assert.equal(number.addressRequirements, 'any');
  assert.equal((await client.incomingPhoneNumbers.create({ areaCode: '415' })).addressRequirements, 'none');
});

test('papers are reviewed by whom the test says', async () => {
  const client = business.twilio();
  const { sid } = await draft(client);
  const decide = (status) => business.control('POST', `/registrations/${sid}`, { json: { status } });
  assert.equal((await decide('twilio-rejected')).json.status, 'twilio-rejected');
  assert.equal((await decide('fine')).status, 400);
  await fails(bundles(client)(sid).update({ status: 'twilio-approved' }), 22203);
  await fails(bundles(client)(sid).update({ status: 'pending-review', friendlyName: 'x' }), 22204);
  assert.equal((await bundles(client)(sid).update({ friendlyName: 'renamed' })).friendlyName, 'renamed');
  assert.deepEqual((await bundles(client).list({ limit: 20 })).filter((each) => each.sid === sid).map((each) => [each.status, each.friendlyName]), [['twilio-rejected', 'renamed']]);
  await bundles(client)(sid).remove();
  assert.equal((await decide('twilio-approved')).status, 404);
});

test('a number moves only to an account that has an address and papers: 21613', async () => {
  const client = business.twilio();
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'Branch' });
  const own = business.twilio('twilio', sub.sid, sub.authToken);
  const papers = await approved(client);
  const number = await client.incomingPhoneNumbers.create({ phoneNumber: '+493012345679', addressSid: (await address(client, 'DE')).sid, bundleSid: papers });
  const move = (parameters) => client.incomingPhoneNumbers(number.sid).update({ accountSid: sub.sid, ...parameters });
  await fails(move({}), 21613, /Local Address/);
  await address(own, 'US');
  await fails(move({}), 21613);
  const there = await address(own, 'DE');
  await fails(move({}), 21649);
  await fails(move({ bundleSid: papers }), 21649, /does not exist/);
  const moved = await move({ addressSid: there.sid, bundleSid: await approved(own) });
  assert.deepEqual([moved.accountSid, moved.addressSid], [sub.sid, there.sid]);
});

test('without limits nothing is asked for, but what is given is checked', async () => {
  const client = server.twilio();
  const buy = (parameters) => client.incomingPhoneNumbers.create({ phoneNumber: local, ...parameters });
  await fails(buy({ addressSid: (await address(client, 'US')).sid }), 21615);
  await fails(buy({ bundleSid: (await draft(client)).sid }), 21649);
  const there = await address(client, 'DE');
  const number = await buy({ addressSid: there.sid });
  assert.deepEqual((await client.addresses(there.sid).dependentPhoneNumbers.list()).map((each) => each.sid), [number.sid]);
  const sub = await client.api.v2010.accounts.create({});
  const moved = await client.incomingPhoneNumbers(number.sid).update({ accountSid: sub.sid });
  assert.equal(moved.addressSid, null, 'the address was the other account\'s');
});

test('landlines of other countries take no messages: 21407, 21661, 21715, 14108', async () => {
  const client = server.twilio();
  const phoneNumber = '+442071838751';
  const found = await client.availablePhoneNumbers('GB').local.list({ limit: 1 });
  assert.deepEqual([found[0].capabilities.sms, found[0].capabilities.voice], [false, true]);
  assert.deepEqual(await client.availablePhoneNumbers('GB').local.list({ smsEnabled: true, limit: 1 }), []);
  await fails(client.incomingPhoneNumbers.create({ phoneNumber, smsUrl: 'https://example.com/sms' }), 21407);
  const number = await client.incomingPhoneNumbers.create({ phoneNumber });
  assert.equal(number.capabilities.sms, false);
  await fails(client.incomingPhoneNumbers(number.sid).update({ smsUrl: 'https://example.com/sms' }), 21407);
  await fails(client.messages.create({ to: mobile, from: phoneNumber, body: 'x' }), 21661);
  const service = await client.messaging.v1.services.create({ friendlyName: 'pool' });
  await fails(client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid }), 21715);
  const asked = await server.newNumber({ SmsUrl: hooks.on('/reply', twiml(`<Message from="${phoneNumber}">no</Message>`)) });
  const phone = await server.newHandset();
  const { sid } = await server.text(phone, asked.phone_number, 'hello');
  assert.deepEqual((await server.alertsOf(sid)).map((each) => each.error_code), ['14108']);
});

test('a number that the user brings takes messages, of whatever kind it is', async () => {
  const brought = await Server.start({ env: { TWILIO_NUMBER: '+442071838752' }, logLevel: 'error' });
  try {
    const client = brought.twilio();
    assert.equal((await client.messages.create({ to: brought.handset, from: brought.number, body: 'x' })).status, 'queued');
    assert.equal(brought.number, '+442071838752');
  } finally {
    await brought.stop();
  }
});
