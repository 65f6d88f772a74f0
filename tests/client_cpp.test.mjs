// The C++ client library: its examples against the program, over HTTPS through the proxy as an application would run them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, Server } from './support/server.mjs';

const run = promisify(execFile);
const examples = join(dirname(binary), 'clients/cpp/examples');
const skip = existsSync(join(examples, 'send_message')) ? false : 'the client library is not built';

let server;
let environment;
before(async () => {
  server = await Server.start();
  environment = { PATH: process.env.PATH, TWILIO_ACCOUNT_SID: server.sid, TWILIO_AUTH_TOKEN: server.token, TWILIO_NUMBER: server.number,
    HTTPS_PROXY: server.url, TWILIO_CA_BUNDLE: server.caFile };
});
after(async () => { await server.stop(); });

const example = (name, ...args) => run(join(examples, name), args, { env: environment, timeout: 60_000 });

test('send_message sends, and what arrived is what was given', { skip }, async () => {
  const body = 'Grüße & mehr, +100 % "sicher"\nzweite Zeile 🚀';
  const { stdout } = await example('send_message', server.handset, body);
  const [sid, status] = stdout.trim().split(' ');
  assert.match(sid, /^SM[0-9a-f]{32}$/);
  assert.equal(status, 'queued');
  const message = await server.twilio().messages(sid).fetch();
  assert.equal(message.body, body);
  assert.equal(message.to, server.handset);
});

test('an error of the API has its code, its text and the page that explains it', { skip }, async () => {
  await assert.rejects(example('send_message', '12', 'x'), (error) => {
    assert.equal(error.code, 1);
    assert.match(error.stderr, /^\[HTTP 400\] 21211: /);
    assert.match(error.stderr, /https:\/\/www\.twilio\.com\/docs\/errors\/21211/);
    return true;
  });
});

test('message_history walks the pages up to its limit', { skip }, async () => {
  for (let i = 0; i < 7; ++i) await server.twilio().messages.create({ to: server.handset, from: server.number, body: `number ${i}` });
  const { stdout } = await example('message_history', '5');
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 5);
  assert.match(lines[0], / outbound-api .*: number 6$/);
});

test('many_messages sends at once with coroutines', { skip }, async () => {
  const { stdout } = await example('many_messages', 'to all', ...Array.from({ length: 30 }, () => server.handset));
  assert.equal(stdout.trim().split('\n').length, 30);
});
