// A phone writes, a webhook on loopback answers with TwiML, the reply arrives on the phone. Measured from outside, from the
// request that sends to the answer of the one that waits for the reply; what the webhook itself took is taken off.
// State is on disk: two durable commits lie on the way.
//
// The phone, the one who waits and the webhook are dt_inbound (exchange.cpp).
//
//   bench/inbound/run [--tiny] [--count 1000] [--json]

import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { Server, build, dataFolder, options, quantile, start } from '../support/support.mjs';

const given = options(['tiny', 'count', 'json']);
const count = Number(given.count ?? (given.tiny ? 10 : 1000));
const kPerPhoneMax = 10;  // more than 15 replies in 30 seconds between two numbers are refused as a loop
const kWarmup = Math.min(50, count);

const server = await Server.start({ data: dataFolder() });
try {
  const all = count + kWarmup;
  const phones = await Promise.all(Array.from({ length: Math.ceil(all / kPerPhoneMax) },
    async () => (await server.control('POST', '/handsets', { json: {} })).json.number));
  const exchange = start(join(build, 'bench/dt_inbound'),
    [String(server.port), server.authorization, server.number, String(all), ...phones], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: exchange.stdout })[Symbol.asyncIterator]();
  const { value: port } = await lines.next();

  const numbers = `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers`;
  const [number] = (await server.request('api', 'GET', `${numbers}.json`)).json.incoming_phone_numbers;
  await server.request('api', 'POST', `${numbers}/${number.sid}.json`, { form: { SmsUrl: `http://127.0.0.1:${port}/` } });
  exchange.stdin.end('go\n');

  const times = [];
  for await (const line of lines) times.push(Number(line));
  if (times.length !== all) throw new Error(`${times.length} of ${all} messages were answered`);
  times.splice(0, kWarmup);
  times.sort((a, b) => a - b);
  const result = { messages: count, p50_ms: quantile(times, 0.5), p90_ms: quantile(times, 0.9), p99_ms: quantile(times, 0.99) };
  if (given.json) console.log(JSON.stringify(result));
  else console.log(`${count} messages: phone to reply on the phone, less the webhook's own time: p50 ${result.p50_ms.toFixed(2)} ms, p90 ${result.p90_ms.toFixed(2)} ms, p99 ${result.p99_ms.toFixed(2)} ms`);
} finally {
  await server.stop();
}
