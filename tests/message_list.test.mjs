// The list of messages: by age whatever they carry, and by the day they were sent whenever they were made.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start({ data: true });
  client = server.twilio();
  await server.control('POST', '/clock/freeze');
});
after(async () => { await server.stop(); });

const set = (time) => server.control('POST', '/clock/set', { json: { time } });
const send = (body, more = {}) => client.messages.create({ to: server.handset, from: server.number, body, ...more });
const bodies = (messages) => messages.map((message) => message.body);

test('messages with and without pictures stand by age', async () => {
  const mediaUrl = [`${server.url}/_dialtone/v1/health`];
  for (const [body, more] of [['one', {}], ['two', { mediaUrl }], ['three', {}], ['four', { mediaUrl }], ['five', {}]]) await send(body, more);
  assert.deepEqual(bodies(await client.messages.list()), ['five', 'four', 'three', 'two', 'one']);
  assert.deepEqual(bodies(await client.messages.list({ to: server.handset, pageSize: 2 })), ['five', 'four', 'three', 'two', 'one']);
  for (const message of await client.messages.list()) await client.messages(message.sid).remove();
});

test('DateSent finds what was sent that day, also what was made long before or with a clock set back', async () => {
  const service = await client.messaging.v1.services.create({ friendlyName: 'later' });
  const [number] = await client.incomingPhoneNumbers.list();
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  await set('2040-01-01T10:00:00Z');
  await send('first day');
  await send('for later', { from: undefined, messagingServiceSid: service.sid, scheduleType: 'fixed', sendAt: new Date('2040-01-20T12:00:00Z') });
  await set('2040-01-02T10:00:00Z');
  await send('second day');
  await set('2040-01-20T12:00:01Z');
  await server.waitForMessage(server.handset, { contains: 'for later' });
  await send('twentieth day');
  await set('2039-06-01T00:00:00Z');
  await send('back in June');
  await set('2040-02-01T00:00:00Z');

  const list = async (filter) => bodies(await client.messages.list({ ...filter, pageSize: 1 }));
  const date = (text) => new Date(`${text}T00:00:00Z`);
  assert.deepEqual(await list({ dateSent: date('2040-01-01') }), ['first day']);
  assert.deepEqual(await list({ dateSent: date('2040-01-20') }), ['twentieth day', 'for later']);
  assert.deepEqual(await list({ dateSent: date('2039-06-01') }), ['back in June']);
  assert.deepEqual(await list({ dateSent: date('2040-01-10') }), []);
  assert.deepEqual(await list({ dateSentAfter: date('2040-01-02') }), ['twentieth day', 'second day', 'for later']);
  assert.deepEqual(await list({ dateSentBefore: date('2040-01-02') }), ['back in June', 'first day']);
  assert.deepEqual(await list({ dateSentAfter: date('2040-01-02'), dateSentBefore: date('2040-01-19') }), ['second day']);
  assert.deepEqual(await list({ to: server.handset, dateSent: date('2040-01-20') }), ['twentieth day', 'for later']);
  assert.deepEqual(await list({ to: '+15005550009', dateSent: date('2040-01-20') }), []);
});

test('pages of a dated list lead forward and back', async () => {
  const base = `/2010-04-01/Accounts/${server.sid}/Messages.json?PageSize=1&DateSent%3E=2040-01-02`;
  const get = async (url) => (await server.request('api', 'GET', url)).json;
  const pages = [await get(base)];
  while (pages.at(-1).next_page_uri) pages.push(await get(pages.at(-1).next_page_uri));
  assert.deepEqual(pages.flatMap((page) => bodies(page.messages)), ['twentieth day', 'second day', 'for later']);
  assert.deepEqual(bodies((await get(pages[2].previous_page_uri)).messages), ['second day']);
  assert.deepEqual(bodies((await get(pages[1].previous_page_uri)).messages), ['twentieth day']);
});
