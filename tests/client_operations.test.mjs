// Every operation of the API through the C++ client: called against the program in an order in which it can succeed, and
// each answer read into its struct.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ClientWalk, Driver, driverSkip as skip, Recorder } from './support/client.mjs';
import { Server } from './support/server.mjs';
import { stock } from './support/walk.mjs';

let server;
let recorder;
let driver;
let walk;
before(async () => {
  server = await Server.start();
  await stock(server);
  recorder = await Recorder.start(server);
  if (!skip) driver = new Driver(recorder.url, server.sid, server.token);
});
after(async () => {
  await driver?.stop();
  await recorder.close();
  await server.stop();
});

test('every operation of every document is called and answers as its document says', { skip }, async (t) => {
  walk = new ClientWalk(server, driver, recorder);
  await walk.run();
  const called = new Set(walk.calls.map(({ operation }) => operation));
  t.diagnostic(`${walk.calls.length} calls of ${called.size} operations`);
  const never = walk.catalogue.operations.filter((each) => !called.has(each));
  assert.deepEqual(never.map((each) => `${each.document.name} ${each.id}`), []);
  const { failed } = walk.summary();
  assert.equal(failed.length, 0, failed.slice(0, 25).map(([operation, each]) => `${operation.document.name} ${operation.id}: ${each.failures[0]}`).join('\n'));
});

test('an answer is a result and an error an exception, as its status says', { skip }, () => {
  const wrong = walk.calls.filter(({ status, result }) => (status < 400) !== Boolean(result.typed) || (result.error && result.error.status !== status));
  assert.deepEqual(wrong.slice(0, 10).map(({ operation, status, result }) => [operation.label, status, result.error]), []);
  const texts = walk.calls.filter(({ status, result, json }) => status >= 400 && json?.message && result.error.message !== json.message);
  assert.deepEqual(texts.slice(0, 10).map(({ result, json }) => [result.error, json]), []);
});

const isTime = (text) => typeof text === 'string' && /^\d{4}-\d\d-\d\d|^\w{3}, \d\d \w{3} \d{4}/.test(text);

/** Where the struct is not what the JSON says. */
function* differences(typed, raw, path) {
  if (Array.isArray(raw) && Array.isArray(typed)) {
    if (raw.length !== typed.length) yield `${path}: ${typed.length} of ${raw.length}`;
    for (let i = 0; i < Math.min(raw.length, typed.length); ++i) yield* differences(typed[i], raw[i], `${path}[${i}]`);
  } else if (raw && typeof raw === 'object' && typed && typeof typed === 'object') {
    for (const [name, value] of Object.entries(raw)) {
      if (name in typed) yield* differences(typed[name], value, `${path}.${name}`);
      else if (value !== null) yield `${path}.${name}: left out, ${JSON.stringify(value)}`;
    }
  } else if (raw === null) {
    if (typed !== '' && typed !== null && !(Array.isArray(typed) && typed.length === 0)) yield `${path}: ${JSON.stringify(typed)} where there is null`;
  } else if (typed !== raw && String(typed) !== String(raw) && !(isTime(typed) && isTime(raw) && Math.trunc(Date.parse(typed) / 1000) === Math.trunc(Date.parse(raw) / 1000)) &&
      Number(typed) !== Number(raw)) {
    yield `${path}: ${JSON.stringify(typed)} where there is ${JSON.stringify(raw)}`;
  }
}

test('every member of every answer is in its struct, with its value', { skip }, (t) => {
  const problems = [];
  let members = 0;
  for (const { operation, status, result, json } of walk.calls) {
    if (status >= 300 || !json || !result.typed) continue;
    const rows = walk.rowsOf(json);
    const raw = 'items' in result.typed && rows && !('items' in json && !json.meta) ? { items: rows } : json;
    members += JSON.stringify(raw).split('":').length;
    for (const each of differences(result.typed, raw, `${operation.document.name} ${operation.id}`)) problems.push(each);
  }
  t.diagnostic(`${members} members`);
  assert.deepEqual([...new Set(problems)].slice(0, 30), [], `${problems.length} differences`);
});
