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
  const asked = await client.lookups.v2.phoneNumbers('+14159929960').fetch({ fields: 'identity_match,reassigned_number', firstName: 'Ada', lastVerifiedDate: '20260101' });
  assert.deepEqual([asked.identityMatch.firstNameMatch, asked.identityMatch.summaryScore, asked.reassignedNumber.isNumberReassigned, asked.reassignedNumber.lastVerifiedDate], ['no_data_available', 0, 'no_data_available', '20260101']);
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

test('a search by place gives numbers of that place, with all that is known of it', async () => {
  const local = client.availablePhoneNumbers('US').local;
  const [hilo] = await local.list({ areaCode: 415, limit: 1 });
  assert.deepEqual([hilo.locality, hilo.region, hilo.lata, hilo.rateCenter, hilo.postalCode, hilo.latitude, hilo.longitude, hilo.isoCountry],
    ['San Francisco', 'CA', '722', 'SAN FRANCI', '94102', 37.78, -122.42, 'US']);
  const near = async (parameters) => new Set((await local.list({ limit: 60, ...parameters })).map((each) => each.phoneNumber.slice(2, 5)));
  const bay = await near({ nearNumber: '+14155550100' });
  assert.ok(bay.has('415') && bay.has('510') && !bay.has('916'), [...bay].join());
  assert.deepEqual([...await near({ nearLatLong: '37.78,-122.42', distance: 5 })].sort(), ['415', '628']);
  assert.ok((await near({ nearLatLong: '37.78,-122.42', distance: 100 })).has('916'));
  assert.deepEqual([...await near({ nearNumber: '+14155550100', areaCode: 212 })], []);
  for (const each of await local.list({ inRegion: 'TX', limit: 20 })) assert.equal(each.region, 'TX');
  for (const each of await local.list({ inRegion: '+15125550100', limit: 5 })) assert.equal(each.region, 'TX');
  for (const each of await local.list({ inLata: '730', limit: 20 })) assert.equal(each.lata, '730');
  assert.deepEqual([...new Set((await local.list({ inPostalCode: '10007', limit: 20 })).map((each) => each.locality))], ['New York']);
  assert.deepEqual([...new Set((await local.list({ inRateCenter: 'OAKLAND', inLata: '722', limit: 20 })).map((each) => each.locality))], ['Oakland']);
  const berkeley = await local.list({ inLocality: 'berkeley', limit: 20 });
  assert.equal(berkeley.length, 20);
  for (const each of berkeley) assert.deepEqual([each.locality, each.region, each.lata, each.latitude], ['Berkeley', 'CA', '722', null]);
  assert.deepEqual(await local.list({ inLocality: 'Nowhere', limit: 5 }), []);
  assert.deepEqual(await client.availablePhoneNumbers('US').tollFree.list({ inRegion: 'CA', limit: 5 }), []);
  for (const each of await client.availablePhoneNumbers('US').tollFree.list({ areaCode: 888, limit: 5 })) assert.match(each.phoneNumber, /^\+1888/);
  for (const each of await client.availablePhoneNumbers('CA').local.list({ inRegion: 'ON', limit: 10 })) assert.deepEqual([each.region, each.lata], ['ON', '888']);
  for (const wrong of [{ nearLatLong: 'here' }, { nearLatLong: '99,1' }, { distance: 501, nearNumber: '+14155550100' }, { inRateCenter: 'OAKLAND' }])
    await assert.rejects(local.list({ ...wrong, limit: 1 }), { status: 400, code: 20001 }, JSON.stringify(wrong));
});

test('Contains is bound to the beginning or end, and skips what lies between', async () => {
  for (const [contains, pattern] of [['+1510', /^\+1510/], ['8888$', /8888$/], ['+1415%99', /^\+1415\d*99/], ['22%77$', /22\d*77$/], ['%4242', /4242/]]) {
    const found = await client.availablePhoneNumbers('US').local.list({ contains, limit: 5 });
    assert.equal(found.length, 5, contains);
    for (const each of found) assert.match(each.phoneNumber, pattern, contains);
  }
  for (const contains of ['*', '%%', '+', '1'.repeat(17), '4é5']) assert.deepEqual(await client.availablePhoneNumbers('US').local.list({ contains }), [], contains);
});

test('numbers that ask for an address can be left out', async () => {
  const german = client.availablePhoneNumbers('DE').local;
  assert.equal((await german.list({ limit: 1 }))[0].addressRequirements, 'local');
  assert.equal((await client.availablePhoneNumbers('GB').mobile.list({ limit: 1 }))[0].addressRequirements, 'any');
  assert.deepEqual(await german.list({ excludeLocalAddressRequired: true, limit: 1 }), []);
  assert.deepEqual(await german.list({ excludeAllAddressRequired: true, limit: 1 }), []);
  assert.equal((await german.list({ excludeForeignAddressRequired: true, beta: false, limit: 1 })).length, 1);
  assert.equal((await client.availablePhoneNumbers('US').local.list({ excludeAllAddressRequired: true, limit: 1 }))[0].addressRequirements, 'none');
});
