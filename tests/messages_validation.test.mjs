// What the API refuses, in its order and with its words. Source: the fact sheet, sections 2.5, 2.8 and 9.1.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let other;  // a subaccount with a number of its own
const places = {};
before(async () => {
  server = await Server.start();
  const account = await server.request('api', 'POST', '/2010-04-01/Accounts.json', { form: { FriendlyName: 'other' } });
  other = account.json;
  const theirs = await server.request('api', 'POST', `/2010-04-01/Accounts/${other.sid}/IncomingPhoneNumbers.json`, { form: { PhoneNumber: '+14155550199' } });
  assert.equal(theirs.status, 201);
  const service = await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'empty' } });
  places.empty = service.json.sid;
  const pool = await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'pool' } });
  places.pool = pool.json.sid;
  const [number] = (await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers.json`)).json.incoming_phone_numbers;
  const added = await server.request('messaging', 'POST', `/v1/Services/${places.pool}/PhoneNumbers`, { form: { PhoneNumberSid: number.sid } });
  assert.equal(added.status, 201);
});
after(() => server.stop());

const soon = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19) + 'Z';
const to = '+15558675310';
const unknown = `MG${'0'.repeat(32)}`;
const content = `HX${'0'.repeat(32)}`;
/** N stands for our number. */
const N = Symbol('our number');
const rows = [
  ['nothing at all', {}, 21603, "A 'From' phone number is required."],
  ['no From', { To: to, Body: 'x' }, 21603, "A 'From' phone number is required."],
  ['an empty From', { To: to, From: '', Body: 'x' }, 21603, "A 'From' phone number is required."],
  ['no To', { From: N, Body: 'x' }, 21604, "A 'To' phone number is required."],
  ['an empty To', { To: '', From: N, Body: 'x' }, 21604, "A 'To' phone number is required."],
  ['no To, with a service', { MessagingServiceSid: unknown, Body: 'x' }, 21604, "A 'To' phone number is required."],
  ['no content', { To: to, From: N }, 21619, 'A text message body or media urls must be specified.'],
  ['an empty Body', { To: to, From: N, Body: '' }, 21602, 'Message body is required.'],
  ['a To of letters', { To: 'abc', From: N, Body: 'x' }, 21211, /Invalid 'To' Phone Number/],
  ['a To too short', { To: '+1907', From: N, Body: 'x' }, 21211, "Invalid 'To' Phone Number: +XXXX"],
  ['an invalid To before an invalid From', { To: '+1', From: '+1', Body: 'x' }, 21211, /To/],
  ['an invalid To before no Body', { To: '+1', From: N }, 21211, /To/],
  ['a scheme that is no channel', { To: 'tel:+15558675310', From: N, Body: 'x' }, 21212, /tel:/],
  ['a short code as To', { To: '12345', From: N, Body: 'x' }, 21265, /Short Code: 12345/],
  ['To is From', { To: N, From: N, Body: 'x' }, 21266, /^'To' and 'From' number cannot be the same: \+1\d+XXXX$/],
  ['a premium number', { To: '+19005550100', From: N, Body: 'x' }, 21268, /premium/],
  ['a landline', { To: '+442071838750', From: N, Body: 'x' }, 21635, /landline/],
  ['a From that is no sender', { To: to, From: '+1', Body: 'x' }, 21212, "The 'From' number +1 is not a valid phone number, shortcode, or alphanumeric sender ID."],
  ['a From too long for a name', { To: to, From: 'A name too long', Body: 'x' }, 21212, /A name too long/],
  ['a From that is not ours', { To: to, From: '+14155550177', Body: 'x' }, 21659, "'From' +14155550177 is not a Twilio phone number or Short Code country mismatch"],
  ['a short code that is not ours', { To: to, From: '12345', Body: 'x' }, 21659, /'From' 12345 is not/],
  ["another account's number", { To: to, From: '+14155550199', Body: 'x' }, 21660, /\+14155550199/],
  ['a channel on one side', { To: `whatsapp:${to}`, From: N, Body: 'x' }, 21910, /same channel/],
  ['another channel', { To: to, From: 'whatsapp:+14155550199', Body: 'x' }, 21910, /same channel/],
  ['1601 characters', { To: to, From: N, Body: 'é'.repeat(1601) }, 21617, 'The concatenated message body exceeds the 1600 character limit'],
  ['eleven pictures', { To: to, From: N, MediaUrl: Array(11).fill('https://example.com/a.png') }, 21623, /media/],
  ['a picture that is no URL', { To: to, From: N, MediaUrl: 'a.png' }, 21620, 'Invalid media URL(s)'],
  ['a picture by ftp', { To: to, From: N, MediaUrl: 'ftp://example.com/a.png' }, 21620, 'Invalid media URL(s)'],
  ...['0', '36001', '-1', 'x', '', '1.5'].map((value) => [`ValidityPeriod ${value}`, { To: to, From: N, Body: 'x', ValidityPeriod: value }, 21624, /ValidityPeriod/]),
  ...['x', '/relative', 'ftp://example.com', 'https://under_score.example/x', `https://example.com/${'a'.repeat(4000)}`]
    .map((value) => [`StatusCallback ${value.slice(0, 40)}`, { To: to, From: N, Body: 'x', StatusCallback: value }, 21609, /StatusCallback/]),
  ['MaxPrice', { To: to, From: N, Body: 'x', MaxPrice: 'cheap' }, 21627, /Price/],
  ['ContentVariables alone', { To: to, From: N, ContentVariables: '{}' }, 21654, /ContentSid/],
  ['a ContentSid that is none', { To: to, From: N, ContentSid: 'HX1' }, 21655, /ContentSid/],
  ['ContentVariables that are no map', { To: to, From: N, ContentSid: content, ContentVariables: 'x' }, 21656, /ContentVariables/],
  ['a service that is none', { To: to, MessagingServiceSid: 'MG1', Body: 'x' }, 21705, /Messaging Service/],
  ['a service that is not there', { To: to, MessagingServiceSid: unknown, Body: 'x' }, 21701, new RegExp(unknown), 404],
  ['a service as From', { To: to, From: unknown, Body: 'x' }, 21701, new RegExp(unknown), 404],
  ['a service without senders', () => ({ To: to, MessagingServiceSid: places.empty, Body: 'x' }), 21704, /no phone numbers/],
  ['a sender that is not of the pool', () => ({ To: to, From: server.number, MessagingServiceSid: places.empty, Body: 'x' }), 21711, /not associated/],
  ['a bad To before a bad service', { To: '+1', MessagingServiceSid: 'MG1', Body: 'x' }, 21211, /To/],
  ['a bad From before a bad option', { To: to, From: '+1', Body: 'x', ValidityPeriod: 0 }, 21212, /From/],
  ['a bad option before no content', { To: to, From: N, ValidityPeriod: 0 }, 21624, /ValidityPeriod/],
  ['a retention that is none', { To: to, From: N, Body: 'x', ContentRetention: 'burn' }, 20001, /ContentRetention/],
  ['an address retention that is none', { To: to, From: N, Body: 'x', AddressRetention: 'burn' }, 20001, /AddressRetention/],
  ['an alphanumeric sender where there are none', { To: to, From: 'Company', Body: 'x' }, 21612, /combination/],
  ['a short code that is not ours', { To: to, From: '12345', Body: 'x' }, 21659, /12345/],
  ['ScheduleType unknown', { To: to, From: N, Body: 'x', ScheduleType: 'daily', SendAt: soon(3600) }, 35126, /ScheduleType/],
  ['ScheduleType alone', { To: to, From: N, Body: 'x', ScheduleType: 'fixed' }, 35111, /SendAt/],
  ['SendAt alone', { To: to, From: N, Body: 'x', SendAt: soon(3600) }, 35119, /ScheduleType/],
  ['scheduled without a service', { To: to, From: N, Body: 'x', ScheduleType: 'fixed', SendAt: soon(3600) }, 35118, /MessagingServiceSid/],
  ...[['too soon', 290], ['too late', 3_024_100]].map(([name, seconds]) =>
    [`scheduled ${name}`, () => ({ To: to, From: server.number, MessagingServiceSid: places.pool, Body: 'x', ScheduleType: 'fixed', SendAt: soon(seconds) }), 35114, /300/]),
];

const form = (fields) => Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each === N ? server.number : each]));

test('every refusal has its code, status and text', async () => {
  for (const [name, given, code, text, status = 400] of rows) {
    const answer = await server.messages('', 'POST', form(typeof given === 'function' ? given() : given));
    const what = `${name}: ${answer.text}`;
    assert.equal(answer.json.code, code, what);
    assert.equal(answer.status, status, what);
    assert.equal(answer.json.status, status, what);
    assert.equal(answer.json.more_info, `https://www.twilio.com/docs/errors/${code}`);
    if (text instanceof RegExp) assert.match(answer.json.message, text, what);
    else assert.equal(answer.json.message, text, what);
  }
  assert.deepEqual((await server.messages()).json.messages, []);
});

test('the SDK throws what the API says', async () => {
  await assert.rejects(server.twilio().messages.create({ to: 'abc', from: server.number, body: 'x' }),
    (error) => error.code === 21211 && error.status === 400 && error.moreInfo === 'https://www.twilio.com/docs/errors/21211');
});

test('what is just within the limits is taken', async () => {
  const good = [
    { Body: 'é'.repeat(1600) }, { Body: '✓'.repeat(1600) }, { MediaUrl: Array(10).fill('https://example.com/a.png') },
    { Body: 'x', ValidityPeriod: '1' }, { Body: 'x', ValidityPeriod: '36000' }, { Body: 'x', MaxPrice: '0.0075' },
    { Body: '', MediaUrl: 'https://example.com/a.png' }, { Body: 'x', To: '555-867-5310' }, { Body: 'x', To: ' +1 (555) 867-5310 ' },
    { Body: 'x', To: '+4915112345678', From: 'Company' }, { Body: 'x', To: 'whatsapp:+15558675310', From: `whatsapp:${server.number}` },
    { Body: 'x', StatusCallback: '' }, { Body: 'x', Attempt: '1', ForceDelivery: 'true', ProvideFeedback: 'true', RiskCheck: 'disable' },
  ];
  for (const more of good) {
    const answer = await server.messages('', 'POST', form({ To: to, From: N, ...more }));
    assert.equal(answer.status, 201, `${JSON.stringify(more).slice(0, 80)}: ${answer.text}`);
  }
});

const numbers = [
  [{}, 21401], [{ AreaCode: '41' }, 21451], [{ AreaCode: 'abc' }, 21451], [{ PhoneNumber: 'abc' }, 21421], [{ PhoneNumber: '+14155550199' }, 21422],
  [{ PhoneNumber: '+14155550151', SmsUrl: 'x' }, 21402], [{ PhoneNumber: '+14155550151', SmsMethod: 'PUT' }, 21403],
  [{ PhoneNumber: '+14155550151', FriendlyName: 'x'.repeat(65) }, 20002],
  [{ PhoneNumber: '+14155550151', SmsFallbackUrl: 'https://example.com/x' }, 21406], [{ PhoneNumber: '+14155550151', VoiceFallbackUrl: 'https://example.com/x' }, 21405],
  [{ PhoneNumber: '+14155550151', SmsApplicationSid: `AP${'0'.repeat(32)}` }, 21420],
  [{ AreaCode: '415' }, 21457, '/Local'], [{ AreaCode: '415' }, 21457, '/Mobile'], [{ AreaCode: '800' }, 21457, '/TollFree'],
  [{ PhoneNumber: '+18005550151' }, 21458, '/Local'], [{ PhoneNumber: '+14155550151' }, 21458, '/Mobile'], [{ PhoneNumber: '+14155550151' }, 21458, '/TollFree'],
];

test('numbers: what cannot be had', async () => {
  const path = `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers`;
  for (const [fields, code, kind = ''] of numbers) {
    const answer = await server.request('api', 'POST', `${path}${kind}.json`, { form: fields });
    assert.equal(answer.json.code, code, `${kind} ${JSON.stringify(fields)}: ${answer.text}`);
    assert.equal(answer.status, 400);
  }
  assert.equal((await server.request('api', 'GET', `${path}.json`)).json.incoming_phone_numbers.length, 1);
});

test('numbers: bought, found, changed, released', async () => {
  const client = server.twilio();
  const local = await client.incomingPhoneNumbers.create({ areaCode: '510', friendlyName: 'Ünïcode '.repeat(8) });
  assert.match(local.phoneNumber, /^\+1510/);
  const free = await client.incomingPhoneNumbers.tollFree.create({ phoneNumber: '+18005550152' });
  const mobile = await client.incomingPhoneNumbers.mobile.create({ phoneNumber: '+447400123456' });
  const plain = await client.incomingPhoneNumbers.local.create({ phoneNumber: '+14155550153', smsUrl: 'https://example.com/sms', smsMethod: 'get' });
  assert.equal(plain.friendlyName, '(415) 555-0153');
  assert.equal(plain.smsMethod, 'GET');
  assert.deepEqual(plain.capabilities, { voice: true, sms: true, mms: true, fax: false });
  assert.deepEqual((await client.incomingPhoneNumbers.tollFree.list()).map((each) => each.sid), [free.sid]);
  assert.deepEqual((await client.incomingPhoneNumbers.mobile.list()).map((each) => each.sid), [mobile.sid]);
  assert.deepEqual((await client.incomingPhoneNumbers.local.list()).length, 3);
  for (const pattern of ['+14155550153', '4155550153', '415555015*', '0153', '415*55*153']) {
    assert.deepEqual((await client.incomingPhoneNumbers.list({ phoneNumber: pattern })).map((each) => each.sid), [plain.sid], pattern);
  }
  assert.deepEqual((await client.incomingPhoneNumbers.list({ friendlyName: '(415) 555-0153' })).map((each) => each.sid), [plain.sid]);
  assert.deepEqual(await client.incomingPhoneNumbers.list({ phoneNumber: '999999' }), []);
  const changed = await client.incomingPhoneNumbers(plain.sid).update({ friendlyName: 'Support', smsUrl: '' });
  assert.equal(changed.friendlyName, 'Support');
  assert.equal(changed.smsUrl, '');
  assert.equal((await client.incomingPhoneNumbers(plain.sid).fetch()).friendlyName, 'Support');
  await assert.rejects(client.incomingPhoneNumbers(plain.sid).update({ smsUrl: 'x' }), { code: 21402 });
  for (const each of [local, free, mobile, plain]) assert.equal(await client.incomingPhoneNumbers(each.sid).remove(), true);
  await assert.rejects(client.incomingPhoneNumbers(plain.sid).fetch(), { code: 20404, status: 404 });
  await assert.rejects(client.messages.create({ to, from: plain.phoneNumber, body: 'x' }), { code: 21659 });
  assert.equal((await client.incomingPhoneNumbers.create({ phoneNumber: '+14155550153' })).phoneNumber, '+14155550153');
});

const segments = [
  ['a'.repeat(160), '1'], ['a'.repeat(161), '2'], ['a'.repeat(306), '2'], ['a'.repeat(307), '3'], ['a'.repeat(1600), '11'],
  ['€'.repeat(80), '1'], ['€'.repeat(81), '2'], ['ça va', '1'], ['✓'.repeat(70), '1'], ['✓'.repeat(71), '2'], ['✓'.repeat(134), '2'],
  ['✓'.repeat(135), '3'], ['👍'.repeat(35), '1'], ['👍'.repeat(36), '2'], ['👍'.repeat(66), '2'], ['👍'.repeat(67), '3'], [`${'a'.repeat(159)}\``, '3'],
];

test('segments are counted exactly, and billed', async () => {
  const client = server.twilio();
  for (const [body, count] of segments) {
    const sent = await client.messages.create({ to, from: server.number, body });
    assert.equal(sent.numSegments, count, `${body.slice(0, 5)} × ${[...body].length}`);
    await server.waitForMessage(to, { after: '', contains: body });
    const listed = await client.messages(sent.sid).fetch();
    assert.equal(listed.body, body);
    assert.equal(listed.price, `-${(0.0075 * Number(count)).toFixed(5)}`);
  }
  const smart = await client.messages.create({ to, from: server.number, body: '“Hi” – it’s…', smartEncoded: true });
  assert.equal(smart.body, '"Hi" - it\'s...');
});
