// A phone writes, a webhook on loopback answers with TwiML, the reply arrives on the phone. Measured from outside, from the
// request that sends to the answer of the one that waits for the reply; what the webhook itself took is taken off.
// State is on disk: two durable commits lie on the way.
//
//   bench/inbound/run [--tiny] [--count 300] [--json]

import http from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, dataFolder, options, quantile } from '../support/support.mjs';

const given = options(['tiny', 'count', 'json']);
const count = Number(given.count ?? (given.tiny ? 10 : 300));
const kPerPhoneMax = 10;  // more than 15 replies in 30 seconds between two numbers are refused as a loop
const kWarmup = Math.min(20, count);

let webhookTook = 0;
const application = http.createServer((request, response) => {
  const began = performance.now();
  let body = '';
  request.on('data', (data) => { body += data; });
  request.on('end', () => {
    const text = new URLSearchParams(body).get('Body');
    response.setHeader('Content-Type', 'text/xml');
    response.end(`<Response><Message>re: ${text}</Message></Response>`);
    webhookTook = performance.now() - began;
  });
});
application.listen(0, '127.0.0.1');
await once(application, 'listening');

const server = await Server.start({ data: dataFolder() });
try {
  const numbers = `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers`;
  const [number] = (await server.request('api', 'GET', `${numbers}.json`)).json.incoming_phone_numbers;
  await server.request('api', 'POST', `${numbers}/${number.sid}.json`, { form: { SmsUrl: `http://127.0.0.1:${application.address().port}/` } });

  const times = [];
  let phone;
  for (let i = 0; i < count + kWarmup; ++i) {
    if (i % kPerPhoneMax === 0) phone = (await server.control('POST', '/handsets', { json: {} })).json.number;
    const path = `/handsets/${encodeURIComponent(phone)}/messages`;
    const arrived = server.control('GET', `${path}?wait=10&contains=${encodeURIComponent(`re: question ${i}.`)}`);
    await sleep(20);  // it waits by now
    const began = performance.now();
    const sent = server.control('POST', path, { json: { to: server.number, body: `question ${i}.` } });
    const reply = await arrived;
    const took = performance.now() - began;
    if ((await sent).status !== 201 || reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`);
    if (i >= kWarmup) times.push(took - webhookTook);
  }
  times.sort((a, b) => a - b);
  const result = { messages: count, p50_ms: quantile(times, 0.5), p90_ms: quantile(times, 0.9), p99_ms: quantile(times, 0.99) };
  if (given.json) console.log(JSON.stringify(result));
  else console.log(`${count} messages: phone to reply on the phone, less the webhook's own time: p50 ${result.p50_ms.toFixed(2)} ms, p90 ${result.p90_ms.toFixed(2)} ms, p99 ${result.p99_ms.toFixed(2)} ms`);
} finally {
  await server.stop();
  application.closeAllConnections();
  application.close();
}
