// POST Messages and GET one message over 32 keep-alive connections, against our server (every message durable on disk, then
// delivered to a handset), Express with a Map, Prism mocking the 2010 document, npm's emulate, and a bare Beast server that
// answers a fixed message. All in turns, several rounds, the best of each: another load on the machine hits all alike.
//
//   bench/api/run [--tiny] [--rounds 3] [--count 100000] [--only dialtone,beast] [--json]

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, answers, build, dataFolder, end, freePort, load, options, root, scratch, start, table } from '../support/support.mjs';

const given = options(['tiny', 'rounds', 'count', 'only', 'json']);
const tiny = Boolean(given.tiny);
const rounds = Number(given.rounds ?? (tiny ? 1 : 3));
const count = Number(given.count ?? (tiny ? 500 : 100_000));
const only = given.only ? String(given.only).split(',') : tiny ? ['dialtone', 'beast'] : ['dialtone', 'express', 'prism', 'emulate', 'beast'];

const kForm = 'Content-Type: application/x-www-form-urlencoded';
const peers = join(scratch, 'peers');

function installPeers() {
  if (!only.some((name) => ['express', 'prism', 'emulate'].includes(name))) return;
  mkdirSync(peers, { recursive: true });
  const wanted = readFileSync(join(import.meta.dirname, 'package-lock.json'), 'utf8');
  const there = join(peers, 'package-lock.json');
  if (existsSync(join(peers, 'node_modules')) && existsSync(there) && readFileSync(there, 'utf8') === wanted) return;
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(import.meta.dirname, file), join(peers, file));
  console.error('installing the peers from npm …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'], { cwd: peers, stdio: ['ignore', 'ignore', 'inherit'] });
}

const basic = (user, password) => `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const body = (to, from) => new URLSearchParams({ To: to, From: from, Body: 'Hello number ' }) + '{n}';
const kAccount = 'AC00000000000000000000000000000001';

async function nodePeer(args, port, settings) {
  const child = start('node', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } });
  await answers(`http://127.0.0.1:${port}/`);
  return { pid: child.pid, port, account: kAccount, headers: [kForm, basic(kAccount, 'token')], body: body('+15558675310', '+15017122661'),
           stop: () => end(child), ...settings };
}

const kinds = {
  async dialtone() {
    const server = await Server.start({ data: dataFolder() });
    return {
      pid: server.pid, port: server.port, account: server.sid, headers: [kForm, basic(server.sid, server.token)],
      body: body(server.handset, server.number), stop: () => server.stop(),
      /** All that was answered is delivered, soon. */
      async check(created) {
        const deadline = Date.now() + 30_000;
        let delivered = 0;
        while (delivered < created && Date.now() < deadline) {
          const metrics = (await server.request(null, 'GET', '/_dialtone/metrics')).text;
          delivered = Number(/kind="message\.delivered"\} (\d+)/.exec(metrics)?.[1] ?? 0);
          if (delivered < created) await sleep(20);
        }
        if (delivered !== created) throw new Error(`${created} messages were created and ${delivered} delivered`);
      },
    };
  },
  async express() {
    const port = await freePort();
    return nodePeer([join(import.meta.dirname, 'express.mjs'), peers, String(port)], port, { share: 0.3 });
  },
  async prism() {
    const port = await freePort();
    const document = join(root, 'build/catalogue/documents/twilio_api_v2010.json');
    return nodePeer([join(peers, 'node_modules/@stoplight/prism-cli/dist/index.js'), 'mock', '--multiprocess', 'false', '-v', 'silent', '-p', String(port), document],
      port, { share: 0.04, sid: 'SM00000000000000000000000000000001' });
  },
  async emulate() {
    const port = await freePort();
    const sid = 'AC00000000000000000000000000000000';
    return nodePeer([join(peers, 'node_modules/emulate/dist/index.js'), 'start', '--service', 'twilio', '--port', String(port)], port,
      { account: sid, headers: [kForm, basic(sid, 'twilio_test_auth_token')], body: body('+15558675310', '+15551234567'),
        countMax: 2000, warmup: 100 });
  },
  async beast() {
    const child = start(join(build, 'bench/bench_bare_beast'), []);
    const [port] = await once(child.stdout, 'data');
    return { pid: child.pid, port: Number(port), account: kAccount, headers: [kForm, basic(kAccount, 'token')],
             body: body('+15558675310', '+15017122661'), stop: () => end(child), getStatus: 201 };
  },
};

async function measure(kind) {
  const server = await kinds[kind]();
  try {
    const url = `http://127.0.0.1:${server.port}/2010-04-01/Accounts/${server.account}/Messages`;
    const wanted = Math.max(100, Math.min(server.countMax ?? Infinity, Math.round(count * (server.share ?? 1))));
    const warmup = server.warmup ?? Math.min(2000, Math.ceil(wanted / 10));
    const shared = { headers: server.headers, count: wanted, warmup, pid: server.pid };
    const post = await load({ ...shared, url: `${url}.json`, method: 'POST', body: server.body, expect: 201 });
    await server.check?.(wanted + warmup);
    let { sid } = server;
    if (!sid) {
      const [, authorization] = server.headers[1].split(': ');
      const made = await fetch(`${url}.json`, { method: 'POST', body: server.body,
        headers: { Authorization: authorization, 'Content-Type': 'application/x-www-form-urlencoded' } });
      ({ sid } = await made.json());
    }
    const get = await load({ ...shared, headers: server.headers.slice(1), url: `${url}/${sid}.json`, expect: server.getStatus ?? 200 });
    for (const result of [post, get]) if (result.wrong + result.failed > 0) throw new Error(`${kind}: ${JSON.stringify(result)}`);
    return { post, get };
  } finally {
    await server.stop();
  }
}

installPeers();
const best = {};
for (let round = 0; round < rounds; ++round) {
  for (const kind of only) {
    const result = await measure(kind);
    best[kind] ??= result;
    for (const verb of ['post', 'get']) {
      if (result[verb].requests_per_second > best[kind][verb].requests_per_second) best[kind][verb] = result[verb];
    }
  }
}

const perCpuSecond = (result) => 1e6 / result.server_cpu_us_per_request;
if (given.json) {
  console.log(JSON.stringify(best));
} else {
  for (const [verb, title] of [['post', 'POST Messages'], ['get', 'GET one message']]) {
    console.log(`\n${title}, 32 connections, best of ${rounds}`);
    table(['', 'requests/s', 'per CPU-second', 'p50 ms', 'p99 ms', 'peak MB', ...only.map((kind) => `× ${kind}`)],
      only.map((kind) => {
        const result = best[kind][verb];
        return [kind, Math.round(result.requests_per_second), Math.round(perCpuSecond(result)), (result.p50_us / 1000).toFixed(2),
          (result.p99_us / 1000).toFixed(2), Math.round(result.server_peak_kib / 1024),
          ...only.map((other) => (result.requests_per_second / best[other][verb].requests_per_second).toFixed(2))];
      }));
  }
}
