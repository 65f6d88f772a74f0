// The benchmarks work: each runs tiny, without the peers from npm. What they measure here means nothing.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { binary, root } from './support/server.mjs';

const run = promisify(execFile);

async function tiny(name) {
  const { stdout } = await run(join(root, 'bench', name, 'run'), ['--tiny', '--json'], { timeout: 60_000 });
  return JSON.parse(stdout);
}

const skip = existsSync(join(dirname(binary), 'bench/dt_load')) ? false : 'the benchmarks are not built';

test('bench/api measures us and the bare server, and finds every message delivered', { skip }, async () => {
  const result = await tiny('api');
  for (const server of ['dialtone', 'beast']) {
    for (const verb of ['post', 'get']) {
      assert.equal(result[server][verb].wrong + result[server][verb].failed, 0);
      assert.ok(result[server][verb].requests_per_second > 0);
    }
  }
});

test('bench/inbound measures the way from a phone to the reply', { skip }, async () => {
  const result = await tiny('inbound');
  assert.ok(result.p50_ms > 0 && result.p50_ms <= result.p99_ms);
});

test('bench/console scrolls through all messages with few rows in the page', { skip }, async () => {
  const result = await tiny('console');
  assert.equal(result.pages, 3);
  assert.ok(result.rows_in_page_max < 100, `${result.rows_in_page_max} rows`);
  assert.ok(result.first_load_bytes < 300_000, `${result.first_load_bytes} bytes`);
});

test('bench/functions measures warm and first requests, beside a bare Node server', { skip }, async () => {
  const { warm, first } = await tiny('functions');
  for (const server of ['dialtone', 'node']) {
    assert.equal(warm[server].wrong + warm[server].failed, 0);
    assert.ok(warm[server].requests_per_second > 0);
  }
  assert.ok(first.p50_ms > 0 && first.used_mb > 0);
});

test('bench/startup measures the start and the memory at rest', { skip }, async () => {
  const result = await tiny('startup');
  assert.ok(result.p50_ms > 0 && result.idle_mb > 0);
});

test('bench/sms measures messages with their callbacks, each of which arrives once', { skip }, async () => {
  const { dialtone } = await tiny('sms');
  assert.ok(dialtone.messages_per_second > 0);
});

test('bench/list measures a page under every filter', { skip }, async () => {
  const { small, large } = await tiny('list');
  assert.deepEqual(Object.keys(small), Object.keys(large));
  assert.ok(Object.values(large).every((p50) => p50 > 0));
});

test('bench/client creates messages with both libraries', { skip: skip || (existsSync(join(dirname(binary), 'bench/bench_client')) ? false : 'the client library is not built') }, async () => {
  const { cpp, node, times_per_core } = await tiny('client');
  assert.ok(cpp.messages_per_second > 0 && node.messages_per_second > 0 && times_per_core > 0);
});

test('bench/conversations runs conversations with the helper', async () => {
  const { stdout } = await run(join(root, 'bench/conversations/run'), ['--tiny', '--json'], { timeout: 60_000, env: ours() });
  const result = JSON.parse(stdout);
  assert.ok(result.tests === 20 && result.seconds > 0);
});

/** The environment without what makes a test runner inside this one report to it. */
function ours() {
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  return { ...env, DIALTONE_BINARY: binary };
}
