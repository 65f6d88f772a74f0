// From exec to the first answered request, with a data folder that holds messages; then what the program has in memory when
// nothing happens. The first request is tried anew every half millisecond.
//
//   bench/startup/run [--tiny] [--count 20] [--messages 10000] [--json]

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, binary, dataFolder, end, freePort, load, options, quantile, residentMegabytes, start } from '../support/support.mjs';

const given = options(['tiny', 'count', 'messages', 'json']);
const count = Number(given.count ?? (given.tiny ? 2 : 20));
const messages = Number(given.messages ?? (given.tiny ? 200 : 10_000));
const kSettle = given.tiny ? 500 : 3000;  // until memory is measured

const folder = dataFolder();
const server = await Server.start({ data: folder });
await load({ url: `${server.url}/2010-04-01/Accounts/${server.sid}/Messages.json`, method: 'POST', count: messages, expect: 201,
  headers: [`Authorization: ${server.authorization}`, 'Content-Type: application/x-www-form-urlencoded'],
  body: `${new URLSearchParams({ To: server.handset, From: server.number, Body: 'Hello number ' })}{n}` });
await server.stop();

function answered(port) {
  return new Promise((done) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /_dialtone/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    socket.setNoDelay(true);
    socket.on('data', () => { socket.destroy(); done(true); });
    socket.on('error', () => done(false));
  });
}

const times = [];
const resident = [];
for (let i = 0; i < count; ++i) {
  const port = await freePort();
  const began = performance.now();
  const child = start(binary, ['serve', '--port', String(port), '--log-level', 'error', '--data', folder],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder } });
  while (!await answered(port)) {
    if (child.exitCode !== null) throw new Error('the server did not start');
    await sleep(0.5);
  }
  times.push(performance.now() - began);
  if (i < 2) {
    await sleep(kSettle);
    resident.push(residentMegabytes(child.pid));
  }
  await end(child);
}
times.sort((a, b) => a - b);
const result = { starts: count, messages, p50_ms: quantile(times, 0.5), max_ms: times.at(-1), idle_mb: Math.max(...resident) };
if (given.json) console.log(JSON.stringify(result));
else console.log(`exec to the first answer, ${messages} messages in the folder: p50 ${result.p50_ms.toFixed(1)} ms, worst of ${count} ${result.max_ms.toFixed(1)} ms; at rest ${result.idle_mb.toFixed(1)} MB`);
