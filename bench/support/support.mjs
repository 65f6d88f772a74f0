// What the benchmarks share: our server with its state on disk, the load generator, processes that go when we go.

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Server, binary, root } from '../../tests/support/server.mjs';

export { Server, binary, root };
export const build = dirname(binary);
/** On the same disk as the build: the folder for temporary files is memory on many machines. */
export const scratch = join(root, 'build/bench');

const children = new Set();
process.on('exit', () => { for (const child of children) child.kill('SIGKILL'); });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export function options(names) {
  const given = Object.fromEntries(names.map((name) => [name, undefined]));
  for (let i = 2; i < process.argv.length; ++i) {
    const name = process.argv[i].replace(/^--/, '');
    if (!(name in given)) {
      console.error(`unknown option ${process.argv[i]}; there are ${names.map((each) => `--${each}`).join(', ')}`);
      process.exit(2);
    }
    const value = process.argv[i + 1];
    given[name] = value === undefined || value.startsWith('--') ? true : value;
    if (given[name] !== true) ++i;
  }
  return given;
}

export function start(command, args, settings = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...settings });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 3000).unref();
  await exited;
}

export function dataFolder() {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'data-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export async function answers(url, headers = {}) {
  for (let i = 0; i < 300; ++i) {
    try {
      await (await fetch(url, { headers })).arrayBuffer();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`${url} does not answer`);
}

const run = promisify(execFile);

/** Runs dt_load and gives what it measured. */
export async function load({ url, method = 'GET', headers = [], body, count, warmup = 0, expect, pid, connections = 32 }) {
  const args = ['--url', url, '--method', method, '--connections', String(connections), '--count', String(count), '--json'];
  for (const header of headers) args.push('--header', header);
  if (body) args.push('--body', body);
  if (expect) args.push('--expect', String(expect));
  if (pid) args.push('--pid', String(pid));
  const command = join(build, 'bench/dt_load');
  if (warmup > 0) await run(command, [...args.slice(0, 7), String(warmup), ...args.slice(8)]);
  const { stdout } = await run(command, args);
  return JSON.parse(stdout);
}

/** Bytes in memory now. */
export function residentMegabytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => String(row[column]).length)));
  for (const row of all) {
    console.log(row.map((cell, column) => (column === 0 ? String(cell).padEnd(widths[column]) : String(cell).padStart(widths[column]))).join('  '));
  }
}
