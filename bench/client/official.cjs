// The same with the official Node library: node official.cjs BASE_ADDRESS MESSAGES AT_ONCE. Like the C++ client it speaks plain
// HTTP to the address and keeps its connections.

const http = require('node:http');
const twilio = require('twilio');
const RequestClient = require('twilio/lib/base/RequestClient');

const [base, messages, atOnce] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const httpClient = new RequestClient();
const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
const connect = agent.createConnection;
const { hostname, port } = new URL(base);
agent.createConnection = (options, done) => connect.call(agent, { ...options, host: hostname, port }, done);
httpClient.axios.defaults.httpAgent = agent;
const request = httpClient.request.bind(httpClient);
httpClient.request = (options) => request({ ...options, uri: options.uri.replace(/^https:/, 'http:') });
const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN, { httpClient });

let left = messages;
let good = 0;
async function oneAfterAnother() {
  while (left > 0) {
    const number = left--;
    const message = await client.messages.create({ to: process.env.MY_NUMBER, from: process.env.TWILIO_NUMBER, body: `Message number ${number}` });
    if (message.sid.startsWith('SM') && message.status === 'queued') good += 1;
  }
}

(async () => {
  const cpu = process.cpuUsage();
  const began = process.hrtime.bigint();
  await Promise.all(Array.from({ length: atOnce }, oneAfterAnother));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({ good, seconds, cpu_seconds: (used.user + used.system) / 1e6 }));
  agent.destroy();
})();
