// Pictures of every page of the console for the README and the guides: `npm run screenshots` in tests/ or apps/console.
// A little story is played first, so that the pages have something to show. With a folder, `npm run screenshots -- FOLDER`,
// every page is taken there as it is at a desk, on a small screen and on a phone, light and dark, in its whole length.

import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import { join, resolve } from 'node:path';
import { Browser } from './browser.mjs';
import { newBuild, newEnvironment, newService, rest } from './deploy.mjs';
import { root, Server } from './server.mjs';

const all = process.argv[2] ? resolve(process.env.INIT_CWD ?? '.', process.argv[2]) : null;
const folder = all ?? join(root, 'docs/images');
mkdirSync(folder, { recursive: true });

const app = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    if (request.url === '/broken') response.statusCode = 500;
    response.setHeader('Content-Type', 'text/xml');
    response.end(request.url === '/broken' ? 'TypeError: orders is undefined' : '<Response><Message>Your table is booked. See you at 8!</Message></Response>');
  });
}).listen(0, '127.0.0.1');
await once(app, 'listening');
const base = `http://127.0.0.1:${app.address().port}`;

const server = await Server.start({});
const browser = await Browser.start();
const later = (by) => server.control('POST', '/clock/advance', { json: { by } });
const say = (Body, more = {}) => server.messages('', 'POST', { From: server.number, To: server.handset, Body, ...more });

await say('Hello from Dialtone! This phone lives inside the program.');
await later('40s');
await server.text(server.handset, server.number, 'Nice. What can it do?');
await later('25s');
const sent = await say('Everything that your code does with Twilio: SMS and MMS, webhooks, functions. Nothing leaves this machine, nothing costs a cent. Try it: answer me, and see the whole exchange in the log!', { StatusCallback: `${base}/status` });
await server.event('webhook.completed', (each) => each.subject === sent.json.sid);
await later('70s');
const table = await server.newNumber({ SmsUrl: `${base}/sms`, FriendlyName: 'Bookings' });
const broken = await server.newNumber({ SmsUrl: `${base}/broken`, FriendlyName: 'Orders' });
const other = '+15558675309';
const booking = await server.text(other, table.phone_number, 'A table for two tonight?');
await server.waitForMessage(other, { from: table.phone_number });
await later('30s');
for (let i = 0; i < 3; ++i) {
  const asked = await server.text(other, broken.phone_number, 'Where is my order?');
  await server.alertsOf(asked.sid);
  await later('9s');
}
await server.text(other, server.handset, 'Dinner is booked, 8 pm!');
await later('45s');
await say('Your code is 551 204');
let call;
for (const [To, Status] of [[server.handset, 'completed'], [other, 'canceled'], [server.handset, '']]) {
  call = (await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Calls.json`, { form: { From: server.number, To, Url: `${base}/voice` } })).json;
  if (Status) await server.request('api', 'POST', call.uri, { form: { Status } });
  await later('20s');
}
const bin = (await server.control('POST', '/bins', { json: { friendly_name: 'Out of office', twiml: '<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n  <Message>\n    Thank you, {{From}}. We are back on Monday.\n  </Message>\n</Response>\n' } })).json;
const updates = (await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'Order updates' } })).json;
const code = (await server.control('POST', '/short-codes', { json: { short_code: '55512' } })).json;
for (const [kind, form] of [['PhoneNumbers', { PhoneNumberSid: broken.sid }], ['ShortCodes', { ShortCodeSid: code.sid }], ['AlphaSenders', { AlphaSender: 'BISTRO' }]])
  await server.request('messaging', 'POST', `/v1/Services/${updates.sid}/${kind}`, { form });
await server.control('POST', '/faults', { json: { do: 'fail', code: 30005, to: '+1415*', times: 3 } });
const service = await newService(server, { name: 'restaurant' });
const environment = await newEnvironment(server, service);
const build = await newBuild(server, service, {
  functions: {
    '/booking': `// Answers a text with the table that was found for it.
exports.handler = async (context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  const guests = Number(/\\d+/.exec(event.Body)?.[0] ?? 2);

  console.log(\`\${event.From} wants a table for \${guests}\`);
  twiml.message(\`A table for \${guests} is yours. See you at \${context.OPENING}!\`);
  callback(null, twiml);
};
`,
    '/menu': { text: "exports.handler = (context, event, callback) => callback(null, { soup: 'tomato' });\n", visibility: 'protected' },
  },
  assets: { '/menu.json': '{"soup": "tomato"}' },
});
await rest(server, 'POST', `/${service.sid}/Environments/${environment.sid}/Variables`, { Key: 'OPENING', Value: '8 pm' });
await rest(server, 'POST', `/${service.sid}/Environments/${environment.sid}/Deployments`, { BuildSid: build.sid });
const diner = await server.newNumber({ SmsUrl: `https://${environment.domain_name}/booking`, FriendlyName: 'Restaurant' });
for (const text of ['A table for 4 please', 'Just me, 1']) {
  await server.text(other, diner.phone_number, text);
  await server.waitForMessage(other, { from: diner.phone_number, contains: text.match(/\d/)[0] });
}
const [alert] = (await server.control('GET', '/alerts')).json.alerts;

const pages = [
  ['dashboard', '/'],
  ['handsets', '/handsets'],
  ['numbers', '/numbers'],
  ['number', `/numbers/${table.sid}`],
  ['buy', '/numbers/buy'],
  ['short-codes', '/numbers/short-codes'],
  ['verified', '/numbers/verified'],
  ['applications', '/numbers/applications'],
  ['functions-services', '/functions'],
  ['functions', `/functions/${service.sid}`],
  ['services', '/services'],
  ['service', `/services/${updates.sid}`],
  ['bins', '/bins'],
  ['bin', `/bins/${bin.sid}`],
  ['messages', '/logs/messages'],
  ['message', `/logs/messages/${booking.sid}`],
  ['calls', '/logs/calls'],
  ['call', `/logs/calls/${call.sid}`],
  ['debugger', '/debugger'],
  ['alert', `/debugger/${alert.sid}`],
  ['explorer', '/explorer?document=api_v2010&operation=CreateMessage'],
  ['lab', '/lab'],
];

async function picture(name, path, { width = 1280, height = 800, colorScheme = 'light', fullPage = false } = {}) {
  const page = await browser.page();
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.goto(`${server.url}${path}`);
  await page.getByRole('status', { name: 'Live' }).waitFor();
  await page.waitForLoadState('load');
  await page.waitForFunction(() => document.querySelector('[aria-label="Loading"]') === null);
  await page.screenshot({ path: join(folder, `console-${name}.png`), fullPage });
  if (page.problems.length > 0) throw new Error(`${path}: ${page.problems.join('; ')}`);
  await page.close();
  console.log(join(folder, `console-${name}.png`));
}

if (all) {
  const sizes = { desk: { width: 1440, height: 900 }, small: { width: 1024, height: 700 }, phone: { width: 390, height: 844 } };
  for (const [name, path] of pages) {
    for (const [size, format] of Object.entries(sizes)) {
      for (const colorScheme of ['light', 'dark']) await picture(`${name}-${size}-${colorScheme}`, path, { ...format, colorScheme, fullPage: true });
    }
  }
} else {
  for (const [name, path] of pages) await picture(name, path);
  await picture('handsets-dark', '/handsets', { colorScheme: 'dark' });
  await picture('handsets-phone', '/handsets', { width: 390, height: 844 });
}

await browser.stop();
app.close();
await server.stop();
