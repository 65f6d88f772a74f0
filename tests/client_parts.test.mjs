// TwiML builders, request validator, access tokens and segment counter of the C++ library, beside the official library's.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { binary } from './support/server.mjs';

const require = createRequire(import.meta.url);
const twilio = require('twilio');
const jsonwebtoken = createRequire(require.resolve('twilio'))('jsonwebtoken');
const webhooks = require('twilio/lib/webhooks/webhooks');
const program = join(dirname(binary), 'clients/cpp/client_parts');
const skip = existsSync(program) ? false : 'the client library is not built';

const token = 'an auth token';
const url = 'https://example.com:8443/sms?a=1&b=%20x';
const parameters = { To: '+15558675310', Body: 'Grüße & mehr', From: '+1500', MediaUrl: ['b', 'a', 'b'], Empty: '' };
const body = '{"a":1}';
const body_url = `https://example.com/json?x=1&bodySHA256=${crypto.createHash('sha256').update(body).digest('hex')}`;
const texts = ['', 'a'.repeat(160), 'a'.repeat(161), '€'.repeat(80), 'ü'.repeat(153 * 2), 'я'.repeat(70), 'я'.repeat(71), `${'x'.repeat(66)}🚀🚀`];

let made;
before(() => {
  if (skip) return;
  const sign = (address) => webhooks.getExpectedTwilioSignature(token, address, parameters);
  const claims = [[sign(url), url], [sign(url.replace(':8443', '')), url], [sign('https://example.com:443/x'), 'https://example.com/x'],
    [sign('http://u:p@example.com:80/x'), 'http://u:p@example.com/x'], [sign(url), `${url}&c=2`], ['', url], [`${sign(url)}x`, url]];
  const pairs = Object.entries(parameters).flatMap(([name, value]) => (Array.isArray(value) ? value.map((each) => [name, each]) : [[name, value]]));
  const { stdout, stderr } = spawnSync(program, { encoding: 'utf8', timeout: 60_000,
    input: JSON.stringify({ token, url, parameters: pairs, texts, claims, body, body_url, body_signature: webhooks.getExpectedTwilioSignature(token, body_url, {}) }) });
  assert.equal(stderr, '');
  made = JSON.parse(stdout);
});

test('TwiML for calls is what the official builder makes of the same', { skip }, () => {
  const response = new twilio.twiml.VoiceResponse();
  const gather = response.gather({ action: '/menu?a=1&b="2"', input: ['dtmf', 'speech'], numDigits: 1, timeout: 3 });
  const say = gather.say({ language: 'en-GB', loop: 2 }, 'Press 1 < 2 & "go" > on');
  say.break({ strength: 'weak', time: '1s' });
  say.emphasis({ level: 'strong' }, 'really');
  say.sayAs({ format: 'ymd', 'interpret-as': 'date' }, '2024-05-06');
  gather.pause({ length: 1 });
  response.play({ loop: 3 }, 'https://example.com/a.mp3?x=1&y=2');
  const dial = response.dial({ answerOnBridge: true, callerId: '+15005550006', record: 'record-from-answer' });
  dial.number({ statusCallback: 'https://example.com/s', statusCallbackEvent: ['initiated', 'answered'] }, '+15558675310');
  dial.client('alice');
  dial.conference({ endConferenceOnExit: true, muted: false }, 'Room & Board');
  response.dial('+15558675311');
  response.record({ finishOnKey: '#*', maxLength: 20 });
  response.enqueue({ waitUrl: '/wait' }, 'support');
  response.connect().stream({ url: 'wss://example.com/audio' }).parameter({ name: 'who', value: 'me & you' });
  response.redirect({ method: 'POST' }, '/again');
  response.reject({ reason: 'busy' });
  response.hangup();
  assert.equal(made.menu, response.toString());
});

test('TwiML for messages is what the official builder makes of the same', { skip }, () => {
  const response = new twilio.twiml.MessagingResponse();
  response.message({ statusCallback: 'https://example.com/s', to: '+15558675310' }, 'Grüße <b> & 🚀');
  const message = response.message({});
  message.body('one\ntwo');
  message.media('https://example.com/cat.png?a=1&b=2');
  response.redirect({ method: 'GET' }, '/next');
  assert.equal(made.reply, response.toString());
});

test('every verb and attribute of the official builders is in ours', { skip }, () => {
  const header = readFileSync(join(dirname(binary), 'clients/cpp/generated/src/twiml.cpp'), 'utf8');
  const folder = dirname(require.resolve('twilio/lib/twiml/VoiceResponse'));
  const missing = [];
  for (const file of ['VoiceResponse', 'MessagingResponse']) {
    for (const [, tag] of readFileSync(join(folder, `${file}.js`), 'utf8').matchAll(/\.ele\("([\w-]+)"/g)) {
      if (!header.includes(`make("${tag}")`)) missing.push(tag);
    }
    const types = readFileSync(join(folder, `${file}.d.ts`), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '');
    for (const [, inside] of types.matchAll(/interface \w+Attributes \{([\s\S]*?)\n {4}\}/g)) {
      for (const [, name] of inside.matchAll(/^\s+"?([\w:.-]+)"?\??:/gm)) if (!header.includes(`attribute("${name}"`)) missing.push(name);
    }
  }
  assert.deepEqual([...new Set(missing)], []);
});

test('signatures are the same, and what is not signed so is refused', { skip }, () => {
  assert.equal(made.signature, webhooks.getExpectedTwilioSignature(token, url, parameters));
  assert.deepEqual(made.valid, [true, true, true, true, false, false, false]);
  assert.deepEqual([made.body, made.wrong_body], [true, false]);
});

test('access tokens hold what the official ones hold, and their signature is good', { skip }, () => {
  const { AccessToken } = twilio.jwt;
  const theirs = new AccessToken('AC1', 'SK1', 'secret', { identity: 'alice & bob', ttl: 300, region: 'us1' });
  theirs.addGrant(new AccessToken.ChatGrant({ serviceSid: 'IS1', endpointId: 'e', deploymentRoleSid: 'RL1', pushCredentialSid: 'CR1' }));
  theirs.addGrant(new AccessToken.VideoGrant({ room: 'room' }));
  theirs.addGrant(new AccessToken.SyncGrant({ serviceSid: 'IS2', endpointId: 'e2' }));
  theirs.addGrant(new AccessToken.VoiceGrant({ incomingAllow: true, outgoingApplicationSid: 'AP1', outgoingApplicationParams: { a: 'b' }, pushCredentialSid: 'CR2' }));
  theirs.addGrant(new AccessToken.TaskRouterGrant({ workspaceSid: 'WS1', workerSid: 'WK1', role: 'worker' }));
  theirs.addGrant(new AccessToken.PlaybackGrant({ grant: { requestCredentials: null } }));
  for (const [i, algorithm] of ['HS256', 'HS384', 'HS512'].entries()) {
    const payload = jsonwebtoken.verify(made.tokens[i], 'secret', { algorithms: [algorithm] });
    const expected = jsonwebtoken.verify(theirs.toJwt(algorithm), 'secret', { algorithms: [algorithm] });
    const timeless = ({ iat, exp, jti, ...rest }) => ({ ...rest, ttl: exp - iat, key: jti.split('-')[0] });
    assert.deepEqual(timeless(payload), timeless(expected));
    assert.deepEqual(jsonwebtoken.decode(made.tokens[i], { complete: true }).header, jsonwebtoken.decode(theirs.toJwt(algorithm), { complete: true }).header);
  }
});

test('segments are counted as carriers cut them', { skip }, () => {
  assert.deepEqual(made.segments.map(([count]) => count), [1, 1, 2, 1, 2, 1, 2, 1]);
  assert.deepEqual(made.segments.map(([, , encoding]) => encoding), ['GSM-7', 'GSM-7', 'GSM-7', 'GSM-7', 'GSM-7', 'UCS-2', 'UCS-2', 'UCS-2']);
});
