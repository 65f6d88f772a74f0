// Functions beside the ways that people run them today.
//
// Warm requests: the function of the text answer (a TwiML Message that repeats the text), POST, 16 keep-alive connections, one
// worker, against twilio-run start with and without a process for each request, a bare Node http server that builds
// the same TwiML, and workerd with the same text. All in turns, several rounds, the best of each.
// First request: from the deployment of an environment that nobody asked yet, while a worker waits; beside `node -e 0`
// and the first request of twilio-run.
// Memory: many environments, few of them used.
//
//   bench/functions/run [--tiny] [--rounds 3] [--count 60000] [--only dialtone,node] [--json]

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { activate, newBuild, newEnvironment, newService } from '../../tests/support/deploy.mjs';
import { Server, answers, dataFolder, end, freePort, load, options, quantile, root, scratch, start, table } from '../support/support.mjs';

const given = options(['tiny', 'rounds', 'count', 'only', 'json']);
const tiny = Boolean(given.tiny);
const rounds = Number(given.rounds ?? (tiny ? 1 : 3));
const count = Number(given.count ?? (tiny ? 500 : 60_000));
const only = given.only ? String(given.only).split(',') : tiny ? ['dialtone', 'node'] : ['dialtone', 'twilio-run', 'twilio-run, forking', 'node', 'workerd'];
const firsts = tiny ? 2 : 20;
const environments = tiny ? 4 : 200;
const used = tiny ? 2 : 20;

const kForm = 'Content-Type: application/x-www-form-urlencoded';
const kBody = new URLSearchParams({ ToCountry: 'US', From: '+15558675310', To: '+15017122661', MessageSid: 'SM00000000000000000000000000000001',
  NumMedia: '0', Body: 'Hello number ' }) + '{n}';
const kFunction = `exports.handler = (context, event, callback) => {
  const response = new Twilio.twiml.MessagingResponse();
  response.message('You said: ' + event.Body);
  callback(null, response);
};`;
const modules = join(root, 'build/runtime');
const peers = join(scratch, 'functions-peers');

function installPeers() {
  mkdirSync(peers, { recursive: true });
  if (!only.some((name) => name.startsWith('twilio-run') || name === 'workerd')) return;
  const wanted = readFileSync(join(import.meta.dirname, 'package-lock.json'), 'utf8');
  const there = join(peers, 'package-lock.json');
  if (!existsSync(join(peers, 'node_modules')) || !existsSync(there) || readFileSync(there, 'utf8') !== wanted) {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(import.meta.dirname, file), join(peers, file));
    console.error('installing the peers from npm …');
    // workerd's program is one of its dependencies; no script is needed.
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'], { cwd: peers, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  mkdirSync(join(peers, 'functions'), { recursive: true });
  writeFileSync(join(peers, 'functions/sms.js'), kFunction);
  writeFileSync(join(peers, '.env'), '');
}

/** A process and all that it started. */
function family(pid) {
  const all = [pid];
  for (let i = 0; i < all.length; ++i) {
    try {
      for (const thread of readdirSync(`/proc/${all[i]}/task`)) {
        all.push(...readFileSync(`/proc/${all[i]}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number));
      }
    } catch { /* it has gone */ }
  }
  return all;
}

/** Seconds of CPU time of a family, also of its members that have gone. */
function cpuSeconds(pid) {
  let ticks = 0;
  for (const each of family(pid)) {
    try {
      const fields = readFileSync(`/proc/${each}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
      ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
    } catch { /* likewise */ }
  }
  return ticks / 100;
}

/** Megabytes of a family; what its members share counts once. */
function megabytes(pid) {
  let kilobytes = 0;
  for (const each of family(pid)) {
    try { kilobytes += Number(/Pss:\s+(\d+)/.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'))[1]); } catch { /* likewise */ }
  }
  return kilobytes / 1024;
}

async function twilioRun(args) {
  const port = await freePort();
  const child = start('node', [join(peers, 'node_modules/twilio-run/bin/twilio-run.js'), 'start', '--port', String(port), '--cwd', peers, '--log-level', 'error', ...args],
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: peers, env: { ...process.env, NODE_ENV: 'production' } });
  await answers(`http://127.0.0.1:${port}/nothing`);
  return { pid: child.pid, url: `http://127.0.0.1:${port}/sms`, stop: () => end(child) };
}

const kinds = {
  async dialtone() {
    const server = await Server.start({ data: dataFolder() });
    const service = await newService(server);
    const environment = await newEnvironment(server, service);
    await activate(server, service, environment, await newBuild(server, service, { functions: { '/sms': kFunction } }));
    return { pid: server.pid, url: `http://127.0.0.1:${server.port}/sms`, headers: [`Host: ${environment.domain_name}`], stop: () => server.stop() };
  },
  'twilio-run': () => twilioRun(['--no-fork-process']).then((peer) => ({ ...peer, share: 0.2 })),
  'twilio-run, forking': () => twilioRun([]).then((peer) => ({ ...peer, share: 0.0015, warmup: 0 })),
  async node() {
    const port = await freePort();
    const child = start('node', [join(import.meta.dirname, 'node.cjs'), modules, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
    await answers(`http://127.0.0.1:${port}/`);
    return { pid: child.pid, url: `http://127.0.0.1:${port}/sms`, stop: () => end(child) };
  },
  async workerd() {
    const port = await freePort();
    writeFileSync(join(peers, 'worker.js'), readFileSync(join(import.meta.dirname, 'workerd.js')));
    writeFileSync(join(peers, 'config.capnp'), readFileSync(join(import.meta.dirname, 'workerd.capnp'), 'utf8').replace('PORT', String(port)));
    const [system] = readdirSync(join(peers, 'node_modules/@cloudflare')).filter((name) => name.startsWith('workerd-'));
    const child = start(join(peers, 'node_modules/@cloudflare', system, 'bin/workerd'), ['serve', 'config.capnp'], { stdio: ['ignore', 'ignore', 'inherit'], cwd: peers });
    await answers(`http://127.0.0.1:${port}/`);
    return { pid: child.pid, url: `http://127.0.0.1:${port}/sms`, stop: () => end(child) };
  },
};

async function measure(kind) {
  const peer = await kinds[kind]();
  try {
    const wanted = Math.max(20, Math.round(count * (peer.share ?? 1)));
    const shared = { url: peer.url, method: 'POST', headers: [kForm, ...(peer.headers ?? [])], body: kBody, expect: 200, connections: 16 };
    const warmup = peer.warmup ?? Math.ceil(wanted / 5);
    if (warmup > 0) await load({ ...shared, count: warmup });
    const before = cpuSeconds(peer.pid);
    const result = await load({ ...shared, count: wanted });
    if (result.wrong + result.failed > 0) throw new Error(`${kind}: ${JSON.stringify(result)}`);
    return { ...result, requests_per_cpu_second: wanted / Math.max(0.01, cpuSeconds(peer.pid) - before), megabytes: megabytes(peer.pid) };
  } finally {
    await peer.stop();
  }
}

const milliseconds = (from) => Number(process.hrtime.bigint() - from) / 1e6;
const sorted = (values) => values.sort((a, b) => a - b);

async function post(server, environment) {
  const began = process.hrtime.bigint();
  const answer = await server.request(environment.label, 'POST', '/sms', { auth: null, form: { Body: 'Hello' } });
  if (answer.status !== 200 || !answer.text.includes('You said: Hello')) throw new Error(`${answer.status} ${answer.text}`);
  return milliseconds(began);
}

/** Until a worker waits for whoever comes. */
async function waiting(server) {
  for (let i = 0; i < 500; ++i) {
    const metrics = (await server.request(null, 'GET', '/_dialtone/metrics')).text;
    if (/dialtone_functions_workers\{state="waiting"\} 1/.test(metrics)) return;
    await later(20);
  }
  throw new Error('no worker waits');
}

async function firstRequests() {
  const server = await Server.start({ data: dataFolder() });
  const times = [];
  const all = [];
  let idle;
  let busy;
  try {
    const service = await newService(server);
    const build = await newBuild(server, service, { functions: { '/sms': kFunction } });
    for (let i = 0; i < environments; ++i) {
      const environment = await newEnvironment(server, service, `e${i}`);
      all.push(environment);
      if (times.length >= firsts) {
        await activate(server, service, environment, build);
        continue;
      }
      await activate(server, service, environment, build);
      await waiting(server);
      times.push(await post(server, environment));
    }
  } finally {
    await server.stop();
  }
  // Those that were asked above would count, so another server is measured.
  const other = await Server.start({ data: dataFolder() });
  try {
    const service = await newService(other);
    const build = await newBuild(other, service, { functions: { '/sms': kFunction } });
    const here = [];
    for (let i = 0; i < environments; ++i) {
      here.push(await newEnvironment(other, service, `e${i}`));
      await activate(other, service, here[i], build);
    }
    await waiting(other);
    idle = megabytes(other.pid);
    for (const environment of here.slice(0, used)) await post(other, environment);
    await waiting(other);
    busy = megabytes(other.pid);
  } finally {
    await other.stop();
  }
  const node = [];
  for (let i = 0; i < firsts; ++i) {
    const began = process.hrtime.bigint();
    execFileSync('node', ['-e', '0']);
    node.push(milliseconds(began));
  }
  let twilio = null;
  if (only.includes('twilio-run, forking')) {
    const peer = await twilioRun([]);
    try {
      const began = process.hrtime.bigint();
      await (await fetch(peer.url, { method: 'POST', body: new URLSearchParams({ Body: 'Hello' }) })).text();
      twilio = milliseconds(began);
    } finally {
      await peer.stop();
    }
  }
  sorted(times);
  return { p50_ms: quantile(times, 0.5), max_ms: times.at(-1), node_ms: quantile(sorted(node), 0.5), twilio_run_ms: twilio,
    environments, used, idle_mb: idle, used_mb: busy };
}

installPeers();
const best = {};
for (let round = 0; round < rounds; ++round) {
  for (const kind of only) {
    const result = await measure(kind);
    if (!best[kind] || result.requests_per_second > best[kind].requests_per_second) best[kind] = result;
  }
}
const first = only.includes('dialtone') ? await firstRequests() : null;

if (given.json) {
  console.log(JSON.stringify({ warm: best, first }));
} else {
  console.log(`\nWarm requests, 16 connections, one worker, best of ${rounds}`);
  table(['', 'requests/s', 'per CPU-second', 'p50 ms', 'p99 ms', 'MB', ...(best.node ? ['× node'] : [])],
    only.map((kind) => [kind, Math.round(best[kind].requests_per_second), Math.round(best[kind].requests_per_cpu_second), (best[kind].p50_us / 1000).toFixed(2),
      (best[kind].p99_us / 1000).toFixed(2), Math.round(best[kind].megabytes),
      ...(best.node ? [(best[kind].requests_per_second / best.node.requests_per_second).toFixed(2)] : [])]));
  if (first) {
    console.log('\nFirst request to a new deployment, a worker waits');
    table(['', 'p50 ms', 'max ms'], [['dialtone', first.p50_ms.toFixed(1), first.max_ms.toFixed(1)], ['node -e 0', first.node_ms.toFixed(1), ''],
      ...(first.twilio_run_ms === null ? [] : [['twilio-run, forking', first.twilio_run_ms.toFixed(1), '']])]);
    console.log(`\nMemory with ${first.environments} environments deployed: ${Math.round(first.idle_mb)} MB, once ${first.used} of them are used: ${Math.round(first.used_mb)} MB`);
  }
}
