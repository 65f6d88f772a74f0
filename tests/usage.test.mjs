// Usage that is counted from real traffic, the triggers that watch it, and what is left of the money.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
before(async () => { [server, hooks] = await Promise.all([Server.start({ data: true }), Hooks.start()]); });
after(() => Promise.all([server.stop(), hooks.close()]));

/** An account that nobody else uses. */
async function account() {
  const sub = await server.twilio().api.v2010.accounts.create({ friendlyName: 'Counted' });
  const client = server.twilio('twilio', sub.sid, sub.authToken);
  const number = await client.incomingPhoneNumbers.create({ areaCode: '415' });
  return { sid: sub.sid, client, number: number.phoneNumber, send: (body) => client.messages.create({ from: number.phoneNumber, to: server.handset, body }) };
}

const by = (records) => Object.fromEntries(records.map((each) => [each.category, each]));

test('messages and numbers are counted with their prices, each category a sum of those below it', async () => {
  const { client, number, send } = await account();
  await send('one');
  await send('x'.repeat(200));
  const inbound = await server.text(server.handset, number, 'hello');
  await server.event('message.received', (each) => each.subject === inbound.sid || each.data.to === number);
  const records = by(await client.usage.records.list());
  const shown = (name) => [records[name].count, records[name].usage, Number(records[name].price)];
  assert.deepEqual(shown('sms-outbound-longcode'), ['3', '3', 0.0225]);
  assert.deepEqual(shown('sms-outbound'), ['3', '3', 0.0225]);
  assert.deepEqual(shown('sms-inbound'), ['1', '1', 0.0075]);
  assert.deepEqual(shown('sms'), ['4', '4', 0.03]);
  assert.deepEqual(shown('phonenumbers-local'), ['1', '1', 1.15]);
  assert.deepEqual(shown('mms'), ['0', '0', 0]);
  assert.deepEqual([records.totalprice.usage, Number(records.totalprice.price)], ['1.18', 1.18]);
  assert.deepEqual([records.sms.usageUnit, records.sms.countUnit, records.sms.priceUnit, records.sms.description], ['messages', 'messages', 'usd', 'SMS']);
});

test('records are cut by day, month and year, and paged', async () => {
  const { client, send } = await account();
  await send('today');
  const iso = (time) => new Date(time).toISOString().slice(0, 10);
  const { json } = await server.control('GET', '/clock');
  const today = iso(json.now ?? json.time);
  const [now] = await client.usage.records.today.list({ category: 'sms' });
  assert.deepEqual([now.count, iso(now.startDate), iso(now.endDate)], ['1', today, today]);
  assert.equal((await client.usage.records.yesterday.list({ category: 'sms' }))[0].count, '0');
  assert.equal((await client.usage.records.thisMonth.list({ category: 'sms' }))[0].count, '1');
  assert.equal((await client.usage.records.lastMonth.list({ category: 'sms' }))[0].count, '0');
  assert.equal((await client.usage.records.allTime.list({ category: 'sms' }))[0].count, '1');
  assert.equal((await client.usage.records.monthly.list({ category: 'sms' }))[0].count, '1');
  assert.equal((await client.usage.records.yearly.list({ category: 'sms' }))[0].count, '1');
  const days = await client.usage.records.daily.list({ category: 'sms', startDate: new Date(Date.parse(today) - 3 * 86_400_000), endDate: new Date(today), pageSize: 2 });
  assert.deepEqual(days.map((each) => each.count), ['1', '0', '0', '0']);
  assert.equal((await client.usage.records.list({ pageSize: 10 })).length, (await client.usage.records.list()).length);
  assert.equal((await client.usage.records.list({ category: 'authy-sms-outbound' }))[0].count, '0');
  await assert.rejects(client.usage.records.list({ category: 'My Dreams' }), { code: 20001 });
});

test('a parent sees what its subaccounts use, unless it does not want to', async () => {
  const parent = server.twilio();
  const count = async (includeSubaccounts) => Number((await parent.usage.records.allTime.list({ category: 'sms', includeSubaccounts }))[0].count);
  const [before, alone] = [await count(true), await count(false)];
  const { send } = await account();
  await send('counted twice');
  assert.deepEqual([await count(true), await count(false)], [before + 1, alone]);
  const balance = Number((await parent.balance.fetch()).balance);
  await send('and paid');
  assert.ok(Math.abs(balance - Number((await parent.balance.fetch()).balance) - 0.0075) < 1e-6);
});

test('a trigger goes off once when its value is reached', async () => {
  const { sid, client, send } = await account();
  hooks.on('/trigger', { status: 204 });
  await send('before');
  const trigger = await client.usage.triggers.create({ callbackUrl: hooks.url('/trigger'), triggerValue: '+2', usageCategory: 'sms', friendlyName: 'two more' });
  assert.deepEqual([trigger.triggerValue, trigger.currentValue, trigger.triggerBy, trigger.dateFired], ['3', '1', 'usage', null]);
  await send('one');
  assert.equal((await client.usage.triggers(trigger.sid).fetch()).currentValue, '2');
  assert.equal(hooks.requests.length, 0);
  await send('two');
  await send('three');
  const told = await hooks.next('/trigger');
  assert.deepEqual([told.params.UsageTriggerSid, told.params.AccountSid, told.params.UsageCategory, told.params.TriggerBy, told.params.TriggerValue],
    [trigger.sid, sid, 'sms', 'usage', '3']);
  assert.ok(Number(told.params.CurrentValue) >= 3);
  const later = await client.usage.triggers(trigger.sid).fetch();
  assert.ok(later.dateFired instanceof Date);
  await send('four');
  assert.equal((await client.usage.triggers(trigger.sid).fetch()).currentValue, '5');
  assert.equal(hooks.requests.filter((each) => each.path === '/trigger').length, 1);
  await client.usage.triggers(trigger.sid).update({ friendlyName: 'done' });
  assert.deepEqual((await client.usage.triggers.list({ usageCategory: 'sms' })).map((each) => each.friendlyName), ['done']);
  await client.usage.triggers(trigger.sid).remove();
  for (const wrong of [{ triggerValue: 'many' }, { usageCategory: 'My Dreams' }]) {
    await assert.rejects(client.usage.triggers.create({ callbackUrl: hooks.url('/trigger'), triggerValue: '1', usageCategory: 'sms', ...wrong }), { code: 20001 });
  }
  await assert.rejects(client.usage.triggers.create({ callbackUrl: 'nowhere', triggerValue: '1', usageCategory: 'sms' }), { code: 21402 });
});

test('a crash loses nothing and counts nothing twice', async () => {
  const { client, send } = await account();
  const count = async (with_) => Number((await with_.usage.records.allTime.list({ category: 'sms' }))[0].count);
  await Promise.all(Array.from({ length: 20 }, (_, i) => send(`message ${i}`)));
  const before = await count(client);
  assert.equal(before, 20);
  await Promise.all(Array.from({ length: 7 }, (_, i) => send(`late ${i}`)));
  await server.kill();
  await server.launch();
  const sub = server.twilio('twilio', client.username, client.password);
  assert.equal(await count(sub), 27);
});

test('a daily trigger goes off again the next day; money is counted too', async () => {
  const { client, send } = await account();
  hooks.on('/daily', { status: 204 });
  await client.usage.triggers.create({ callbackUrl: hooks.url('/daily'), callbackMethod: 'GET', triggerValue: '0.005', triggerBy: 'price', usageCategory: 'sms', recurring: 'daily' });
  await send('today');
  const first = await hooks.next('/daily');
  assert.deepEqual([first.method, first.params.Recurring, first.params.CurrentValue], ['GET', 'daily', '0.0075']);
  await server.control('POST', '/clock/advance', { json: { by: '24h' } });
  await send('tomorrow');
  const [, second] = await hooks.all('/daily', 2);
  assert.notEqual(second.params.IdempotencyToken, first.params.IdempotencyToken);
});
