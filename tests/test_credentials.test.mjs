// The second pair of credentials: magic numbers, no state.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start();
  client = server.twilio('twilio', server.testSid, server.testToken);
});
after(() => server.stop());

const number = (last) => `+1500555000${last}`;

async function fails(promise, code, status = 400) {
  await assert.rejects(promise, (error) => {
    assert.deepEqual([error.code, error.status], [code, status], error.message);
    return true;
  });
}

test('a message to and from good numbers looks real and is kept nowhere', async () => {
  const message = await client.messages.create({ from: number(6), to: '+14108675310', body: 'hi' });
  assert.match(message.sid, /^SM[0-9a-f]{32}$/);
  assert.deepEqual([message.status, message.from, message.to, message.body, message.accountSid], ['queued', number(6), '+14108675310', 'hi', server.testSid]);
  await fails(client.messages(message.sid).fetch(), 20008, 403);
  assert.deepEqual(await server.twilio().messages.list(), []);
  const phones = (await server.control('GET', '/handsets')).json.handsets.map((each) => each.number);
  assert.ok(!phones.includes('+14108675310'));
});

for (const [what, parameters, code] of [
  ['to an invalid number', { to: number(1) }, 21211],
  ['to a number with no route', { to: number(2) }, 21612],
  ['abroad without permission', { to: number(3) }, 21408],
  ['to somebody who said STOP', { to: number(4) }, 21610],
  ['to a landline', { to: number(9) }, 21614],
  ['from an invalid number', { from: number(1) }, 21212],
  ['from a number of nobody', { from: number(7) }, 21606],
  ['from a number whose queue is full', { from: number(8) }, 21611],
  ['from any other number', { from: '+14155551212' }, 21606],
  ['without a body', { body: '' }, 21602],
  ['that is too long', { body: 'x'.repeat(1601) }, 21617],
  ['to what is no number', { to: 'nobody' }, 21211],
]) {
  test(`a message ${what}: ${code}`, () => fails(client.messages.create({ from: number(6), to: '+14108675310', body: 'hi', ...parameters }), code));
}

test('the sender is named when both numbers are wrong only after the receiver', () => fails(client.messages.create({ from: number(1), to: number(1), body: 'x' }), 21211));

for (const [what, parameters, code] of [
  ['that is taken', { phoneNumber: number(0) }, 21422],
  ['that is invalid', { phoneNumber: number(1) }, 21421],
  ['in an area without numbers', { areaCode: '533' }, 21452],
]) {
  test(`a number ${what}: ${code}`, () => fails(client.incomingPhoneNumbers.create(parameters), code));
}

test('numbers can be bought again and again', async () => {
  for (const parameters of [{ phoneNumber: number(6) }, { areaCode: '500' }, { phoneNumber: number(6), friendlyName: 'mine' }]) {
    const bought = await client.incomingPhoneNumbers.create(parameters);
    assert.equal(bought.phoneNumber, number(6));
    if (parameters.friendlyName) assert.equal(bought.friendlyName, 'mine');
  }
  await fails(client.incomingPhoneNumbers.list(), 20008, 403);
});

for (const [what, parameters, code] of [
  ['to an invalid number', { to: number(1) }, 21217],
  ['to a number with no route', { to: number(2) }, 21214],
  ['abroad without permission', { to: number(3) }, 21215],
  ['to a blocked number', { to: number(4) }, 21216],
  ['from an invalid number', { from: number(1) }, 21212],
  ['from an unverified number', { from: '+14155551212' }, 21210],
  ['without a document', { url: 'nowhere' }, 21205],
]) {
  test(`a call ${what}: ${code}`, () => fails(client.calls.create({ from: number(6), to: '+14108675310', url: 'http://example.com/', ...parameters }), code));
}

test('a call between good numbers is queued', async () => {
  const call = await client.calls.create({ from: number(6), to: '+14108675310', url: 'http://example.com/' });
  assert.match(call.sid, /^CA/);
  assert.deepEqual([call.status, call.direction, call.toFormatted], ['queued', 'outbound-api', '(410) 867-5310']);
});

test('Lookup v2 works; everything else is refused', async () => {
  assert.equal((await client.lookups.v2.phoneNumbers('+14158675309').fetch()).valid, true);
  await fails(client.verify.v2.services.create({ friendlyName: 'x' }), 20008, 403);
  await fails(client.api.v2010.accounts(server.testSid).fetch(), 20008, 403);
  await fails(client.messages.create({ messagingServiceSid: 'MG' + '0'.repeat(32), to: '+14108675310', body: 'x' }), 20008, 403);
  await fails(server.twilio('twilio', server.testSid, server.token).messages.create({ from: number(6), to: '+14108675310', body: 'x' }), 20003, 401);
});
