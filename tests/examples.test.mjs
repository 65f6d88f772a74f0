// The example projects' own tests, run as their users run them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { binary, cleanEnvironment, root, temporaryFolder } from './support/server.mjs';

const run = promisify(execFile);

/** A copy of the project, with what `npm install` would put beside it. */
function copyOf(name, t) {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'examples', name), join(folder, name), { recursive: true });
  const modules = join(folder, name, 'node_modules');
  mkdirSync(join(modules, '@dialtone'), { recursive: true });
  symlinkSync(join(root, 'clients/node'), join(modules, '@dialtone/testing'));
  symlinkSync(join(root, 'tests/node_modules/twilio'), join(modules, 'twilio'));
  return join(folder, name);
}

test('appointments-node: an app with the official client, tested with @dialtone/testing', async (t) => {
  const cwd = copyOf('appointments-node', t);
  const tests = readdirSync(join(cwd, 'test')).filter((each) => each.endsWith('.test.mjs')).map((each) => join('test', each));
  const { NODE_TEST_CONTEXT, ...env } = cleanEnvironment();
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', ...tests], { cwd, env: { ...env, DIALTONE_BINARY: binary }, timeout: 60_000 })
    .catch((error) => { throw new Error(`${error.message}\n${error.stdout}`); });
  assert.match(stdout, /^# fail 0$/m);
  assert.ok(Number(/^# pass (\d+)$/m.exec(stdout)[1]) >= 5, stdout);
});

test('orders-python: an app that speaks the REST API, tested with the pytest plugin', async (t) => {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'examples/orders-python'), join(folder, 'orders'), { recursive: true });
  // Debian's Python, which has Debian's pytest; the plugin as if it were installed.
  const env = { ...cleanEnvironment(), DIALTONE_BINARY: binary, PYTHONPATH: join(root, 'clients/python'), PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await run('/usr/bin/python3', ['-m', 'pytest', '-q', '-p', 'dialtone_testing.pytest_plugin', '-p', 'no:cacheprovider'], { cwd: join(folder, 'orders'), env, timeout: 60_000 })
    .catch((error) => { throw new Error(`${error.message}\n${error.stdout}`); });
  assert.match(stdout, /\d+ passed/);
  assert.doesNotMatch(stdout, /failed|error/);
});
