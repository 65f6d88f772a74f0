// `dialtone run`, `dialtone env` and friends as child processes.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { binary, cleanEnvironment, root, temporaryFolder } from './server.mjs';

/** A home of its own, so that nothing is found or left behind elsewhere. */
export function home() {
  const folder = temporaryFolder();
  return {
    folder,
    data: join(folder, 'data'),
    env: { ...cleanEnvironment(), HOME: folder, XDG_RUNTIME_DIR: folder },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts the program; `done` gives its end, `line(test)` waits for a line of its stdout. */
export function dialtone(args, { env, cwd = join(root, 'tests'), stdin = 'ignore' } = {}) {
  const child = spawn(binary, args, { env, cwd, stdio: [stdin, 'pipe', 'pipe'] });
  const result = { child, out: '', err: '' };
  let waiting = [];
  const look = () => { waiting = waiting.filter((wait) => !wait()); };
  child.stdout.on('data', (data) => { result.out += data; look(); });
  child.stderr.on('data', (data) => { result.err += data; look(); });
  result.done = new Promise((done) => child.on('close', (code, signal) => done({ code, signal, out: result.out, err: result.err })));
  result.until = (pattern, from = 'out') => new Promise((done, failed) => {
    const test = () => {
      const match = pattern.exec(result[from]);
      if (match) done(match);
      return match;
    };
    if (test()) return;
    waiting.push(test);
    result.done.then(() => failed(new Error(`${args.join(' ')} ended without ${pattern}: ${result.out} ${result.err}`)));
  });
  return result;
}
