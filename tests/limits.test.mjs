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
/** A number that may write to US numbers: of a service with a campaign. */
async function registered(parameters = {}) {
  const number = await server.newNumber(parameters);
  const service = await client.messaging.v1.services.create({ friendlyName: 'campaign' });
  const entry = await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  if (entry.sid !== number.sid) {
    // Where a pool is kept by the generic behaviour, its entries have SIDs of their own.
    const url = `https://messaging.twilio.com/v1/Services/${service.sid}/PhoneNumbers`;
    await client.messaging.v1.services(service.sid).phoneNumbers(entry.sid).remove();
    const seeded = await server.control('POST', '/resources', { json: { url: `${url}/${number.sid}`, properties: { phone_number: number.phone_number } } });
    assert.equal(seeded.status, 201, seeded.text);
  }
  await client.messaging.v1.services(service.sid).usAppToPerson.create({ brandRegistrationSid: `BN${'0'.repeat(32)}`, description: 'Reminders of appointments to patients',
    messageFlow: 'Patients sign up at the desk and agree to be reminded', messageSamples: ['Your appointment is at 10', 'Your appointment is canceled'], usAppToPersonUsecase: 'MIXED', hasEmbeddedLinks: false, hasEmbeddedPhone: false });
  return { ...number, service: service.sid };
}
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
  await advance('11h');
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
  const tollFree = await server.newNumber({ PhoneNumber: '+18885550123', AreaCode: '' });
  const free = await client.messages.create({ to, from: tollFree.phone_number, body: 'x' });
  await reaches(free.sid, 'delivered');
});

test('what waits outlives the program', async () => {
  const own = await Server.start({ data: true, args: ['--limits', 'business'], logLevel: 'error' });
  try {
    await own.control('POST', '/clock/freeze');
    const number = await own.newNumber({ PhoneNumber: '+18885550124', AreaCode: '' });
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
