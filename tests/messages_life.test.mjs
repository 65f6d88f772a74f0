// The life of a message: its statuses and callbacks, history and filters, redaction, cancelling, deletion, schedules.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
let client;
before(async () => {
  [server, hooks] = await Promise.all([Server.start(), Hooks.start()]);
  client = server.twilio();
});
after(() => Promise.all([server.stop(), hooks.close()]));

const limit = { timeout: 60_000 };
const soon = () => new Date(Date.now() + 3_600_000);

test('a message is queued, and its callbacks tell the rest, in order, with every parameter, signed', limit, async () => {
  const sent = await client.messages.create({ to: server.handset, from: server.number, body: 'x', statusCallback: `${hooks.on('/life', { status: 204 })}?a=b` });
  assert.equal(sent.status, 'queued');
  assert.equal(sent.dateSent, null);
  assert.equal(sent.price, null);
  assert.equal(sent.priceUnit, 'USD');
  assert.equal(sent.direction, 'outbound-api');
  const told = await hooks.all('/life', 2);
  assert.deepEqual(told.map((each) => each.params.MessageStatus), ['sent', 'delivered']);
  const common = [['To', server.handset], ['MessageSid', sent.sid], ['AccountSid', server.sid], ['From', server.number], ['ApiVersion', '2010-04-01']];
  const status = (name) => [['SmsSid', sent.sid], ['SmsStatus', name], ['MessageStatus', name]];
  assert.deepEqual(told[0].pairs, [...status('sent'), ...common]);
  assert.match(told[1].pairs[0].join(), /^RawDlrDoneDate,\d{10}$/);
  assert.deepEqual(told[1].pairs.slice(1), [...status('delivered'), ...common]);
  for (const each of told) assert.ok(hooks.isSigned(each, server.token));
  assert.notEqual(told[0].headers['i-twilio-idempotency-token'], told[1].headers['i-twilio-idempotency-token']);
  const kinds = [];
  for await (const each of server.events({ kind: 'message.' })) {
    if (each.subject === sent.sid && kinds.push(each.kind) === 4) break;
  }
  assert.deepEqual(kinds, ['message.queued', 'message.sending', 'message.sent', 'message.delivered']);
});

test('a number that nobody has, as the option says', limit, async () => {
  const stranger = '+15558670001';
  const made = await client.messages.create({ to: stranger, from: server.number, body: 'who are you?' });
  assert.equal((await server.waitForMessage(stranger)).sid, made.sid);
  const strict = await Server.start({ args: ['--unknown-numbers', 'undelivered'] });
  try {
    const sent = await strict.twilio().messages.create({ to: stranger, from: strict.number, body: 'x', statusCallback: hooks.on('/unknown', { status: 200 }) });
    const [, last] = await hooks.all('/unknown', 2);
    assert.equal(last.params.MessageStatus, 'undelivered');
    assert.equal(last.params.ErrorCode, '30005');
    const fetched = await strict.twilio().messages(sent.sid).fetch();
    assert.deepEqual([fetched.status, fetched.errorCode, fetched.errorMessage], ['undelivered', 30005, 'Unknown destination handset']);
    assert.equal((await strict.control('POST', `/handsets/${strict.handset}/messages`, { json: { to: stranger, body: 'x' } })).status, 404);
    assert.equal((await strict.control('GET', '/handsets')).json.handsets.length, 2);
  } finally {
    await strict.stop();
  }
});

test('through a service: accepted without a sender, then queued with one; scheduled and canceled', limit, async () => {
  const service = await client.messaging.v1.services.create({ friendlyName: 'pool', statusCallback: hooks.on('/service', { status: 204 }) });
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: server.number });
  await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
  const scheduled = await client.messages.create({ to: server.handset, from: server.number, messagingServiceSid: service.sid, body: 'later', scheduleType: 'fixed', sendAt: soon() });
  assert.equal(scheduled.status, 'scheduled');
  assert.equal(scheduled.numSegments, '0');
  // Not finished: neither to be emptied nor deleted.
  await assert.rejects(client.messages(scheduled.sid).update({ body: '' }), { code: 20009 });
  await assert.rejects(client.messages(scheduled.sid).remove(), { code: 20009 });
  const canceled = await client.messages(scheduled.sid).update({ status: 'canceled' });
  assert.equal(canceled.status, 'canceled');
  const told = await hooks.next('/service', (each) => each.params.MessageSid === scheduled.sid);
  assert.equal(told.params.MessageStatus, 'canceled');
  assert.equal(told.params.MessagingServiceSid, service.sid);
  await assert.rejects(client.messages(scheduled.sid).update({ status: 'canceled' }), { code: 30409 });
  const direct = await client.messages.create({ to: server.handset, from: server.number, messagingServiceSid: service.sid, body: 'now' });
  assert.equal(direct.status, 'accepted');
  assert.equal(direct.numSegments, '0');
  const statuses = await hooks.until(() => {
    const found = hooks.requests.filter((each) => each.params.MessageSid === direct.sid);
    return found.length === 3 ? found : undefined;
  }, 'three callbacks');
  assert.deepEqual(statuses.map((each) => each.params.MessageStatus), ['queued', 'sent', 'delivered']);
  for (const each of statuses) assert.equal(each.params.From, server.number);
});

test('history: everything is listed, newest first, found by its ends and dates', limit, async () => {
  const own = await Server.start();
  try {
    const api = own.twilio();
    const sids = [];
    const phones = [own.handset, '+15558675309'];
    for (let i = 0; i < 7; ++i) sids.unshift((await api.messages.create({ to: phones[i % 2], from: own.number, body: `number ${i}` })).sid);
    await own.event('message.delivered', (each) => each.subject === sids[0]);
    const inbound = await own.text(own.handset, own.number, 'back');
    sids.unshift(inbound.sid);
    const listed = await api.messages.list({ pageSize: 3 });
    assert.deepEqual(listed.map((each) => each.sid), sids);
    assert.equal(listed[0].direction, 'inbound');
    assert.equal(listed[0].status, 'received');
    assert.equal((await api.messages.list({ to: own.handset })).length, 4);
    assert.equal((await api.messages.list({ from: own.handset })).length, 1);
    assert.equal((await api.messages.list({ from: own.number, to: '+15558675309' })).length, 3);
    assert.equal((await api.messages.list({ limit: 2 })).length, 2);
    const day = 86_400_000;
    const now = Date.now();
    for (const [filter, count] of [[{ dateSentAfter: new Date(now - day) }, 8], [{ dateSentAfter: new Date(now + day) }, 0],
      [{ dateSentBefore: new Date(now + day) }, 8], [{ dateSentBefore: new Date(now - day) }, 0], [{ dateSent: new Date(now - 3 * day) }, 0]]) {
      assert.equal((await api.messages.list(filter)).length, count, JSON.stringify(filter));
    }
    assert.equal((await own.messages('', 'GET')).status, 200);
    const [first] = listed.slice(-1);
    const redacted = await api.messages(first.sid).update({ body: '' });
    assert.equal(redacted.body, '');
    assert.equal((await api.messages(first.sid).fetch()).body, '');
    await assert.rejects(api.messages(first.sid).update({ body: 'other' }), { status: 400 });
    assert.equal(await api.messages(first.sid).remove(), true);
    await assert.rejects(api.messages(first.sid).fetch(), { code: 20404, status: 404 });
    await assert.rejects(api.messages(first.sid).remove(), { code: 20404 });
    assert.equal((await api.messages.list()).length, 7);
  } finally {
    await own.stop();
  }
});

test('from one Twilio number to another', limit, async () => {
  const other = await server.newNumber({ SmsUrl: hooks.on('/other', '') });
  const sent = await client.messages.create({ to: other.phone_number, from: server.number, body: 'across' });
  const asked = await hooks.next('/other');
  assert.equal(asked.params.From, server.number);
  assert.notEqual(asked.params.MessageSid, sent.sid);
  assert.equal((await client.messages(sent.sid).fetch()).status, 'delivered');
});

test('a trial account: its prefix, and whom it may write to', limit, async () => {
  const trial = await Server.start({ args: ['--account-type', 'trial'] });
  try {
    const api = trial.twilio();
    const prefix = 'Sent from your Twilio trial account - ';
    const sent = await api.messages.create({ to: trial.handset, from: trial.number, body: 'x'.repeat(123) });
    assert.equal(sent.body, prefix + 'x'.repeat(123));
    assert.equal(sent.numSegments, '2');
    assert.equal((await trial.waitForMessage(trial.handset)).body, sent.body);
    await assert.rejects(api.messages.create({ to: '+15558670002', from: trial.number, body: 'x' }), (error) => error.code === 21608
      && error.message.startsWith('The number +15558670002 is unverified. Trial accounts cannot send messages to unverified numbers; verify +15558670002 at'));
    await assert.rejects(api.messages.create({ to: '+15558670002', from: trial.number }), { code: 21608 });
    await assert.rejects(api.messages.create({ to: trial.handset, from: 'Company', body: 'x' }), { code: 21267 });
    // Whoever writes is answered; a third party must be verified.
    const [number] = await api.incomingPhoneNumbers.list();
    await api.incomingPhoneNumbers(number.sid).update({ smsUrl: hooks.on('/trial', { headers: { 'Content-Type': 'text/xml' },
      body: '<Response><Message to="+15558670002">no</Message><Message>yes</Message></Response>' }) });
    const stranger = await trial.newHandset('+15558670003');
    const { sid } = await trial.text(stranger, trial.number, 'hi');
    assert.equal((await trial.waitForMessage(stranger)).body, `${prefix}yes`);
    assert.deepEqual((await trial.alertsOf(sid)).map((each) => each.error_code), ['14111']);
  } finally {
    await trial.stop();
  }
});
