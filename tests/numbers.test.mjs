// Numbers that can be bought, and what is known of any number.
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

test('countries name the kinds they have', async () => {
  const us = await client.availablePhoneNumbers('US').fetch();
  assert.equal(us.country, 'United States');
  assert.deepEqual(Object.keys(us.subresourceUris), ['local', 'toll_free']);
  assert.ok((await client.availablePhoneNumbers.list()).length > 200);
  await assert.rejects(client.availablePhoneNumbers('XX').fetch(), { status: 404, code: 20404 });
});

test('a search by area code gives numbers there, and a bought one is offered no more', async () => {
  const found = await client.availablePhoneNumbers('US').local.list({ areaCode: 510, limit: 20 });
  assert.equal(found.length, 20);
  assert.equal(new Set(found.map((each) => each.phoneNumber)).size, 20);
  for (const each of found) assert.match(each.phoneNumber, /^\+1510\d{7}$/);
  assert.ok(found.some((each) => each.region === 'CA' && each.locality === 'Oakland'));
  assert.match(found[0].friendlyName, /^\(510\) \d{3}-\d{4}$/);
  const bought = await client.incomingPhoneNumbers.create({ phoneNumber: found[0].phoneNumber });
  assert.equal(bought.phoneNumber, found[0].phoneNumber);
  const again = await client.availablePhoneNumbers('US').local.list({ areaCode: 510, limit: 20 });
  assert.ok(!again.some((each) => each.phoneNumber === bought.phoneNumber));
  await assert.rejects(client.incomingPhoneNumbers.create({ phoneNumber: bought.phoneNumber }), { status: 400, code: 21422 });
});

test('Contains finds digits, letters and places left open', async () => {
  for (const [contains, pattern] of [['5551', /5551/], ['TAXI', /8294/], ['510555****', /510555\d{4}/], ['22**22', /22\d\d22/]]) {
    const found = await client.availablePhoneNumbers('US').local.list({ contains, limit: 5 });
    assert.equal(found.length, 5, contains);
    for (const each of found) assert.match(each.phoneNumber, pattern, contains);
  }
  assert.deepEqual(await client.availablePhoneNumbers('US').local.list({ contains: '0' }), []);
});

test('each country has numbers of its own plan', async () => {
  for (const [country, kind, pattern] of [['GB', 'mobile', /^\+447/], ['DE', 'local', /^\+49/], ['FR', 'mobile', /^\+33[67]/], ['US', 'tollFree', /^\+18/], ['CA', 'local', /^\+1/], ['BR', 'local', /^\+55/]]) {
    const found = await client.availablePhoneNumbers(country)[kind].list({ limit: 3 });
    assert.equal(found.length, 3, `${country} ${kind}`);
    for (const each of found) {
      assert.match(each.phoneNumber, pattern);
      assert.equal(each.isoCountry, country);
      assert.equal((await client.lookups.v2.phoneNumbers(each.phoneNumber).fetch()).valid, true);
    }
  }
  assert.deepEqual(await client.availablePhoneNumbers('US').local.list({ faxEnabled: true }), []);
});

test('Lookup v2 tells numbers from what is none', async () => {
  const good = await client.lookups.v2.phoneNumbers('+14159929960').fetch({ fields: 'line_type_intelligence' });
  assert.equal(good.valid, true);
  assert.deepEqual(good.validationErrors, []);
  assert.equal(good.nationalFormat, '(415) 992-9960');
  assert.equal(good.countryCode, 'US');
  assert.equal(good.callingCountryCode, '1');
  assert.equal(good.lineTypeIntelligence.type, 'mobile');
  assert.equal(good.callerName, null);
  assert.equal((await client.lookups.v2.phoneNumbers('02077651182').fetch({ countryCode: 'GB' })).phoneNumber, '+442077651182');
  for (const [text, error] of [['+141599299600', 'TOO_LONG'], ['+1415', 'TOO_SHORT'], ['+99912345678', 'INVALID_COUNTRY_CODE'], ['hello', 'NOT_A_NUMBER'], ['+11234567890', 'INVALID_BUT_POSSIBLE']]) {
    const bad = await client.lookups.v2.phoneNumbers(text).fetch();
    assert.equal(bad.valid, false, text);
    assert.deepEqual(bad.validationErrors, [error], text);
    assert.equal(bad.nationalFormat, null);
  }
});

test('Lookup v1 answers 404 for what is no number', async () => {
  const good = await client.lookups.v1.phoneNumbers('+442077651182').fetch({ type: ['carrier'] });
  assert.equal(good.countryCode, 'GB');
  assert.equal(good.carrier.type, 'landline');
  assert.equal(good.callerName, null);
  await assert.rejects(client.lookups.v1.phoneNumbers('+1415').fetch(), { status: 404, code: 20404 });
});
