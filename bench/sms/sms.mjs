// Messages end to end over 32 connections. Ours: POST Messages with a StatusCallback, durable, delivered to a handset, both
// callbacks (sent, delivered) taken by a local application; the clock stops when the last callback has come. Kannel
// (smsbox and bearerbox as Debian has them, without a store on disk): its sendsms over HTTP, to an SMS centre over SMPP, with
// a dlr-url that is told of the same two; the clock stops when the last of them has come. In turns, best of each.
//
//   bench/sms/run [--tiny] [--rounds 3] [--count 100000] [--only dialtone,kannel,plain,kannel-plain] [--connections 32] [--json]
//   bench/sms/run --sustained 1000000    ours alone, in ten parts, with the memory after each
//
// The plain ones are without callbacks: for Kannel the clock stops when the centre has the last message. Kannel is taken from
// the machine: apt-get install kannel.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, build, dataFolder, end, freePort, load, options, residentMegabytes, start, table } from '../support/support.mjs';

const given = options(['tiny', 'rounds', 'count', 'only', 'connections', 'sustained', 'json']);
const tiny = Boolean(given.tiny);
const rounds = Number(given.rounds ?? (tiny ? 1 : 3));
const count = Number(given.count ?? (tiny ? 300 : 100_000));
let only = given.only ? String(given.only).split(',') : tiny ? ['dialtone'] : ['dialtone', 'kannel', 'plain', 'kannel-plain'];
const connections = Number(given.connections ?? 32);
const kWaitMax = 120_000;
const kTicksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

async function peer(kind) {
  const child = start(join(build, 'bench/dt_peer'), [kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  const taken = async () => {
    child.stdin.write('\n');
    return Number((await lines.next()).value);
  };
  return { port, taken, async reaches(wanted) {
    const deadline = Date.now() + kWaitMax;
    while (await taken() < wanted) {
      if (Date.now() > deadline) throw new Error(`${kind}: ${await taken()} of ${wanted} came`);
      await sleep(5);
    }
    if (await taken() !== wanted) throw new Error(`${kind}: ${await taken()} came, more than ${wanted}`);
  }, stop: () => child.stdin.end() };
}

const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / kTicksPerSecond;
};

async function listens(port) {
  for (let i = 0; i < 100; ++i) {
    const up = await new Promise((done) => {
      const socket = createConnection(port, '127.0.0.1', () => { socket.destroy(); done(true); });
      socket.on('error', () => done(false));
    });
    if (up) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on ${port}`);
}

async function ours(callbacks) {
  const application = await peer('http');
  const server = await Server.start({ data: dataFolder() });
  const form = { To: server.handset, From: server.number, ...(callbacks ? { StatusCallback: `http://127.0.0.1:${application.port}/status` } : {}), Body: 'Hello number ' };
  let made = 0;
  return {
    pids: [server.pid],
    async send(messages) {
      made += messages;
      const result = await load({ url: `${server.url}/2010-04-01/Accounts/${server.sid}/Messages.json`, method: 'POST', count: messages, connections, expect: 201,
        headers: ['Content-Type: application/x-www-form-urlencoded', `Authorization: ${server.authorization}`], body: `${new URLSearchParams(form)}{n}` });
      if (callbacks) await application.reaches(2 * made);
      return result;
    },
    async stop() { await server.stop(); application.stop(); },
  };
}

/** The types of report that Kannel is asked for: accepted by the centre, delivered, not delivered. */
const kReports = 8 + 1 + 2;

async function kannel(callbacks) {
  const centre = await peer('smpp');
  const application = await peer('http');
  const [admin, boxes, sendsms] = [await freePort(), await freePort(), await freePort()];
  const folder = dataFolder();
  const file = join(folder, 'kannel.conf');
  writeFileSync(file, `
group = core
admin-port = ${admin}
admin-password = bench
smsbox-port = ${boxes}
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-level = 4

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = ${centre.port}
transceiver-mode = true
smsc-username = bench
smsc-password = bench
system-type = ""
max-pending-submits = 100

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${sendsms}
log-level = 4

group = sendsms-user
username = bench
password = bench
`);
  const quiet = { cwd: folder, stdio: 'ignore' };
  const bearerbox = start('bearerbox', ['-v', '4', file], quiet);
  await listens(boxes);
  const smsbox = start('smsbox', ['-v', '4', file], quiet);
  await listens(sendsms);
  const report = callbacks ? `&dlr-mask=${kReports}&dlr-url=${encodeURIComponent(`http://127.0.0.1:${application.port}/status?type=%d&id=%I`)}` : '';
  let made = 0;
  return {
    pids: [bearerbox.pid, smsbox.pid],
    async send(messages) {
      made += messages;
      const result = await load({ url: `http://127.0.0.1:${sendsms}/cgi-bin/sendsms?username=bench&password=bench&from=15017122661&to=15558675310${report}&text=Hello+number+{n}`, count: messages, connections, expect: 202 });
      await centre.reaches(made);
      if (callbacks) await application.reaches(2 * made);
      return result;
    },
    async stop() { await end(smsbox); await end(bearerbox); centre.stop(); application.stop(); },
  };
}

const kinds = { dialtone: () => ours(true), kannel: () => kannel(true), plain: () => ours(false), 'kannel-plain': () => kannel(false) };

async function measure(kind) {
  const system = await kinds[kind]();
  try {
    await system.send(Math.ceil(count / 50));
    const cpu = () => system.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const before = cpu();
    const began = performance.now();
    const result = await system.send(count);
    const seconds = (performance.now() - began) / 1000;
    if (result.wrong + result.failed > 0) throw new Error(`${kind}: ${JSON.stringify(result)}`);
    return { messages_per_second: count / seconds, messages_per_cpu_second: count / (cpu() - before), p50_ms: result.p50_us / 1000, p99_ms: result.p99_us / 1000,
      rss_mb: system.pids.reduce((sum, pid) => sum + residentMegabytes(pid), 0) };
  } finally {
    await system.stop();
  }
}

async function sustained(total) {
  const system = await ours(true);
  try {
    const rows = [];
    for (let part = 1; part <= 10; ++part) {
      const began = performance.now();
      await system.send(Math.round(total / 10));
      rows.push([Math.round(total / 10) * part, Math.round(total / 10 / ((performance.now() - began) / 1000)), residentMegabytes(system.pids[0]).toFixed(0)]);
    }
    table(['messages', 'per second', 'MB'], rows);
  } finally {
    await system.stop();
  }
}

if (given.sustained) {
  await sustained(Number(given.sustained));
} else {
  if (!existsSync('/usr/sbin/bearerbox')) {
    console.error('Kannel is not installed (apt-get install kannel); measuring ours alone');
    only = only.filter((kind) => !kind.startsWith('kannel'));
  }
  const best = {};
  for (let round = 0; round < rounds; ++round) {
    for (const kind of only) {
      const result = await measure(kind);
      if (!best[kind] || result.messages_per_second > best[kind].messages_per_second) best[kind] = result;
    }
  }
  if (given.json) {
    console.log(JSON.stringify(best));
  } else {
    table(['', 'messages/s', 'per CPU-second', 'p50 ms', 'p99 ms', 'MB'], only.map((kind) => {
      const it = best[kind];
      return [kind, Math.round(it.messages_per_second), Math.round(it.messages_per_cpu_second), it.p50_ms.toFixed(2), it.p99_ms.toFixed(2), it.rss_mb.toFixed(0)];
    }));
  }
}
