// Starts the program for a test run. It ends with the process that started it, however that ends.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const kStartLimitMs = 15_000;

function find(binary) {
  if (binary) return binary;
  if (process.env.DIALTONE_BINARY) return process.env.DIALTONE_BINARY;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'dialtone');
    if (folder && existsSync(file)) return file;
  }
  throw new Error('The program dialtone is not on the PATH: set DIALTONE_BINARY, or give { binary }');
}

/** Where the new server is: { child, note }. */
export async function startServer({ binary, args = [], env = {}, data, logLevel = 'error' } = {}) {
  const file = find(binary);
  const state = data ? ['--data', data] : ['--memory'];
  const environment = { ...process.env };
  // What is meant for programs that use a server must not choose what this one does.
  for (const name of Object.keys(environment)) if (/^(TWILIO_|MY_NUMBER$|DIALTONE_)/.test(name)) delete environment[name];
  const child = spawn(file, ['serve', '--port', '0', '--log-level', logLevel, '--until-stdin-ends', '--ready-fd', '3', ...state, ...args],
    { env: { ...environment, ...env }, stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => { errors = (errors + text).slice(-10_000); process.stderr.write(text); });
  const note = await new Promise((done, failed) => {
    let line = '';
    const limit = setTimeout(() => { child.kill(); failed(new Error(`${file} did not start in ${kStartLimitMs / 1000} s`)); }, kStartLimitMs);
    const fail = (text) => { clearTimeout(limit); failed(new Error(text)); };
    child.on('error', (error) => fail(`${file} cannot be started: ${error.message}`));
    // Not at its exit: what it wrote may come after that.
    child.on('close', (code) => fail(`${file} ended with ${code}: ${errors.trim()}`));
    child.stdio[3].setEncoding('utf8');
    child.stdio[3].on('data', (text) => {
      line += text;
      if (!line.endsWith('\n')) return;
      clearTimeout(limit);
      done(JSON.parse(line));
    });
  });
  // The test run's process may end although the server runs on for it.
  child.unref();
  for (const stream of [child.stdin, child.stderr, child.stdio[3]]) stream.unref?.();
  return { child, note };
}
