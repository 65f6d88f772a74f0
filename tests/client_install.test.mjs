// The library as another project gets it: installed, found, compiled against, by clang and, where it is there, by g++.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, root, temporaryFolder } from './support/server.mjs';

const run = promisify(execFile);
const build = dirname(binary);
const skip = existsSync(join(build, 'clients/cpp/libdialtone-client.a')) ? false : 'the client library is not built';

let folder;
before(async () => {
  folder = temporaryFolder();
  if (!skip) await run('cmake', ['--install', build, '--component', 'client', '--prefix', join(folder, 'there')]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('a project finds it and its examples compile and run', { skip }, async () => {
  const made = join(folder, 'made');
  await run('cmake', ['-S', join(root, 'clients/cpp/examples'), '-B', made, '-G', 'Ninja', `-DCMAKE_PREFIX_PATH=${join(folder, 'there')}`,
    '-DCMAKE_CXX_COMPILER=clang++-19', '-DCMAKE_CXX_STANDARD=20', '-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror']);
  await run('cmake', ['--build', made, '-j', '2'], { timeout: 600_000 });
  const { stdout } = await run(join(made, 'tour'));
  assert.match(stdout, /1 SMS/);
});

const product = (compiler, file, more = []) => ['bash', ['-c', `TIMEFORMAT=%U; time "$@"`, 'bash', compiler, '-std=c++20', '-fsyntax-only', '-Wall', '-Wextra',
  ...more, '-x', 'c++', '-include', file, '/dev/null', '-I', join(folder, 'there/include')]];

test('including one product costs under two seconds, and nothing of Boost comes with it', { skip }, async (t) => {
  for (const file of ['twilio/api/v2010.hpp', 'twilio/serverless/v1.hpp', 'twilio/twiml.hpp']) {
    const { stderr } = await run(...product('clang++-19', file));
    t.diagnostic(`${file}: ${stderr.trim()} s`);
    assert.ok(Number(stderr) < 2, `${file} takes ${stderr} s`);
  }
  const { stdout } = await run('clang++-19', ['-std=c++20', '-M', '-x', 'c++', '-include', 'twilio/twilio.hpp', '/dev/null', '-I', join(folder, 'there/include')],
    { maxBuffer: 64 << 20 });
  assert.ok(!stdout.includes('/boost/'));
});

const gcc = (() => {
  try { return execFileSync('g++', ['-dumpversion'], { encoding: 'utf8' }).trim(); } catch { return null; }
})();
test('g++ takes the headers and the examples too', { skip: skip || (gcc ? false : 'no g++ here') }, async () => {
  for (const file of ['twilio/api/v2010.hpp', 'twilio/serverless/v1.hpp', 'twilio/twiml.hpp', 'twilio/task.hpp', 'twilio/access_token.hpp']) {
    await run(...product('g++', file, ['-Werror']));
  }
  for (const example of ['tour', 'message_history', 'voice_menu', 'many_messages']) {
    await run('g++', ['-std=c++20', '-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-I', join(folder, 'there/include'), join(root, `clients/cpp/examples/${example}.cpp`)]);
  }
});
