// Messages created per second, and per second of one core, by the C++ client and by the official Node library: in turns against
// one server, the best of the rounds counts.   client.mjs [--tiny] [--json] [--messages N] [--at-once N] [--rounds N]

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Server, build, options, root, start } from '../support/support.mjs';

const given = options(['tiny', 'json', 'messages', 'at-once', 'rounds']);
const messages = Number(given.messages ?? (given.tiny ? 60 : 40_000));
const atOnce = Number(given['at-once'] ?? (given.tiny ? 4 : 32));
const rounds = Number(given.rounds ?? (given.tiny ? 1 : 3));
// Node's share is smaller, since it takes longer.
const plans = {
  cpp: { count: messages, command: join(build, 'bench/bench_client'), before: [] },
  node: { count: given.tiny ? messages : Math.ceil(messages / 8), command: process.execPath, before: [join(root, 'bench/client/official.cjs')] },
};
// The official library is that of the tests.
const modules = dirname(dirname(createRequire(join(root, 'tests/package.json')).resolve('twilio/package.json')));

const server = await Server.start();
const env = { ...process.env, NODE_PATH: modules, TWILIO_ACCOUNT_SID: server.sid, TWILIO_AUTH_TOKEN: server.token, TWILIO_NUMBER: server.number, MY_NUMBER: server.handset };
const result = {};
for (let round = 0; round < rounds; ++round) {
  for (const [name, { count, command, before }] of Object.entries(plans)) {
    const child = start(command, [...before, server.url, String(count), String(atOnce)], { env });
    let text = '';
    for await (const chunk of child.stdout) text += chunk;
    const { good, seconds, cpu_seconds } = JSON.parse(text);
    if (good !== count) throw new Error(`${name}: ${good} of ${count} messages were created`);
    const made = { messages_per_second: Math.round(count / seconds), messages_per_core_second: Math.round(count / cpu_seconds), microseconds_of_cpu: Math.round((cpu_seconds / count) * 1e6) };
    const best = (result[name] ??= made);
    best.messages_per_second = Math.max(best.messages_per_second, made.messages_per_second);
    best.messages_per_core_second = Math.max(best.messages_per_core_second, made.messages_per_core_second);
    best.microseconds_of_cpu = Math.min(best.microseconds_of_cpu, made.microseconds_of_cpu);
  }
}
await server.stop();
result.times_per_second = Number((result.cpp.messages_per_second / result.node.messages_per_second).toFixed(1));
result.times_per_core = Number((result.cpp.messages_per_core_second / result.node.messages_per_core_second).toFixed(1));

if (given.json) {
  console.log(JSON.stringify(result));
} else {
  console.log(`POST Messages, ${atOnce} at once, best of ${rounds}`);
  for (const [name, title] of [['cpp', 'C++ client'], ['node', 'official Node library']]) {
    console.log(`${title.padEnd(22)} ${String(result[name].messages_per_second).padStart(8)} a second ${String(result[name].messages_per_core_second).padStart(8)} a second of one core`);
  }
  console.log(`${result.times_per_second} times as many a second, ${result.times_per_core} times as many for the same work of a core`);
}
