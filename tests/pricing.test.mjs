// Prices are those that usage is counted with.

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

test('countries are listed in pages and have prices for what they have', async () => {
  const { v1, v2 } = client.pricing;
  for (const countries of [v1.messaging.countries, v1.phoneNumbers.countries, v1.voice.countries, v2.voice.countries, v2.countries]) {
    const all = await countries.list({ pageSize: 100 });
    assert.ok(all.length > 200);
    assert.equal(new Set(all.map((each) => each.isoCountry)).size, all.length);
    assert.equal(all.find((each) => each.isoCountry === 'GB').country, 'United Kingdom');
    await assert.rejects(countries('XX').fetch(), { code: 20404 });
  }
  const messaging = await v1.messaging.countries('US').fetch();
  assert.deepEqual([messaging.priceUnit, messaging.outboundSmsPrices[0].prices[0].current_price], ['USD', 0.0075]);
  const numbers = await v1.phoneNumbers.countries('US').fetch();
  const prices = Object.fromEntries(numbers.phoneNumberPrices.map((each) => [each.numberType, each.basePrice]));
  assert.deepEqual([prices.local, prices['toll free']], [1.15, 2.15]);
  assert.deepEqual((await v1.voice.countries('GB').fetch()).outboundPrefixPrices[0].prefixes, ['44']);
  assert.deepEqual((await v2.voice.countries('GB').fetch()).outboundPrefixPrices[0].destinationPrefixes, ['44']);
});

test('a call to a number has a price', async () => {
  const { v1, v2 } = client.pricing;
  const one = await v1.voice.numbers('+14158675309').fetch();
  assert.deepEqual([one.isoCountry, one.outboundCallPrice.basePrice], ['US', 0.014]);
  const two = await v2.voice.numbers('+442071838750').fetch({ originationNumber: '+14158675309' });
  assert.deepEqual([two.isoCountry, two.originationNumber, two.outboundCallPrices[0].originationPrefixes], ['GB', '+14158675309', ['ALL']]);
  await assert.rejects(v1.voice.numbers('nobody').fetch(), { code: 20404 });
});
