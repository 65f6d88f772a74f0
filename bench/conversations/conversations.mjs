// How long does a test run of many SMS conversations take, each with a tenant of its own, all at once?
//   ./run [--tiny] [--json] [--tests N]
// One run of Node's test runner in a process of its own, with the helper of clients/node: the time counts from the
// start of that process to its end and thus holds the start of the server, too. In each test a phone writes to an app,
// the app (a webhook in the same process) asks back by TwiML, the phone answers, and the app greets by name. Every
// conversation is checked; one that goes wrong fails the run. Best of three.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const args = process.argv.slice(2);
const tiny = args.includes('--tiny');
const tests = args.includes('--tests') ? Number(args[args.indexOf('--tests') + 1]) : tiny ? 20 : 500;
const root = join(import.meta.dirname, '../..');
const binary = process.env.DIALTONE_BINARY ?? join(root, 'build/release/dialtone');

const runs = [];
for (let i = 0; i < (tiny ? 1 : 3); ++i) {
  const began = performance.now();
  const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', join(import.meta.dirname, 'conversations.cases.mjs')],
    { env: { ...process.env, DIALTONE_BINARY: binary, CONVERSATIONS: tests }, encoding: 'utf8', maxBuffer: 64 << 20 });
  const seconds = (performance.now() - began) / 1000;
  const passed = Number(/^# pass (\d+)/m.exec(stdout)?.[1] ?? 0);
  if (status !== 0 || passed < tests) {
    console.error(stdout.split('\n').filter((line) => /not ok|error:/.test(line)).slice(0, 10).join('\n'));
    throw new Error(`${passed} of ${tests} conversations went as they should`);
  }
  runs.push(seconds);
}
const best = Math.min(...runs);
const result = { tests, seconds: best, runs, conversations_per_second: tests / best };
if (args.includes('--json')) console.log(JSON.stringify(result));
else console.log(`${tests} tests of one conversation each: ${best.toFixed(2)} s (${runs.map((each) => each.toFixed(2)).join(', ')})`);
