// What the console asks of the control API: messages by every filter, a message's whole life, alerts in groups, an
// exchange sent again, the catalogue, search, TwiML Bins.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { newBuild, newEnvironment, newService, rest } from './support/deploy.mjs';
import { Server } from './support/server.mjs';

let server;
let app;
let asked;
before(async () => {
  server = await Server.start();
  asked = [];
  app = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      asked.push({ url: request.url, headers: request.headers, body });
      if (request.url === '/bad') response.statusCode = 500;
      response.setHeader('Content-Type', request.url.endsWith('.png') ? 'image/png' : 'text/xml');
      response.end('<Response/>');
    });
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
});
after(async () => {
  app.close();
  await server.stop();
});
const base = () => `http://127.0.0.1:${app.address().port}`;
const get = async (path) => {
  const answer = await server.control('GET', path);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const send = async (form) => {
  const answer = await server.messages('', 'POST', { From: server.number, To: server.handset, ...form });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};

test('messages by sender, receiver, direction, status, text, SID and date, SMS and MMS by age', async () => {
  const other = await server.newHandset();
  const first = await send({ Body: 'The first of them, "quoted", with a comma' });
  const picture = await send({ Body: 'A picture', MediaUrl: `${base()}/cat.png` });
  const last = await send({ Body: 'The LAST one', To: other });
  const answer = await server.text(server.handset, server.number, 'An answer');
  const sids = async (query) => (await get(`/messages?${query}`)).messages.map((each) => each.sid);
  assert.deepEqual(await sids(''), [answer.sid, last.sid, picture.sid, first.sid]);
  assert.deepEqual(await sids(`from=${encodeURIComponent(server.handset)}`), [answer.sid]);
  assert.deepEqual(await sids(`to=${other}`), [last.sid], 'a plus need not be encoded');
  assert.deepEqual(await sids('direction=inbound'), [answer.sid]);
  assert.deepEqual(await sids('direction=outbound&text=last'), [last.sid]);
  assert.deepEqual(await sids('status=received'), [answer.sid]);
  assert.deepEqual(await sids(`sid=${picture.sid.slice(0, 16)}`), [picture.sid]);
  assert.deepEqual(await sids('since=2100-01-01'), []);
  assert.deepEqual(await sids('until=2000-01-01'), []);
  assert.equal((await sids('since=2000-01-01&until=2100-01-01')).length, 4);
  const page = await get('/messages?limit=3');
  assert.equal(page.next, picture.sid);
  const rest = await get(`/messages?limit=3&after=${page.next}`);
  assert.deepEqual(rest.messages.map((each) => each.sid), [first.sid]);
  assert.equal(rest.next, null);
  for (const bad of ['status=gone', 'since=soon', 'after=x', 'limit=0']) assert.equal((await server.control('GET', `/messages?${bad}`)).status, 400, bad);
  const csv = await server.control('GET', '/messages.csv?direction=outbound');
  assert.match(csv.headers['content-type'], /text\/csv/);
  const lines = csv.text.trimEnd().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[0], /^Sid,DateCreated/);
  assert.match(lines[3], new RegExp(`^${first.sid},.*,"The first of them, ""quoted"", with a comma"$`));
});

test('a message with its statuses, segments, media and what was said to webhooks; an exchange is sent again', async () => {
  const sent = await send({ Body: `${'Long. '.repeat(40)}`, StatusCallback: `${base()}/status`, MediaUrl: `${base()}/a.png` });
  await server.event('webhook.completed', (each) => each.subject === sent.sid && each.data.purpose === 'status');
  const detail = await get(`/messages/${sent.sid}`);
  assert.equal(detail.message.sid, sent.sid);
  assert.deepEqual(detail.life.map((each) => each.status), ['queued', 'sending', 'sent', 'delivered']);
  assert.ok(detail.life.every((each) => !Number.isNaN(Date.parse(each.at))));
  assert.equal(detail.segments.encoding, 'GSM-7');
  assert.equal(detail.segments.pieces.join(''), sent.body);
  const seen = await server.request(null, 'GET', detail.media[0].address, { auth: null });
  assert.deepEqual([seen.status, seen.headers['content-type'], seen.text], [200, 'image/png', '<Response/>']);
  assert.ok(detail.exchanges.length > 0);
  const [exchange] = detail.exchanges;
  const count = asked.length;
  const again = await server.control('POST', `/exchanges/${exchange.sid}/replay`);
  assert.equal(again.status, 201, again.text);
  assert.equal(again.json.purpose, 'replay');
  assert.equal(asked.length, count + 1);
  assert.equal(asked.at(-1).body, exchange.hops[0].request.body);
  const signature = exchange.hops[0].request.headers.find(([name]) => name === 'X-Twilio-Signature')[1];
  assert.equal(asked.at(-1).headers['x-twilio-signature'], signature);
  assert.equal((await server.control('POST', '/exchanges/EX00000000000000000000000000000000/replay')).status, 404);
  assert.equal((await server.control('GET', '/messages/SM00000000000000000000000000000000')).status, 404);
});

test('equal alerts are one row with a count', async () => {
  const number = await server.newNumber({ SmsUrl: `${base()}/bad` });
  const texts = [];
  for (let i = 0; i < 5; ++i) texts.push(await server.text(server.handset, number.phone_number, `Text ${i}`));
  for (const each of texts) await server.alertsOf(each.sid);
  const { groups } = await get('/alerts/groups?code=11200');
  assert.equal(groups.length, 1);
  assert.equal(groups[0].count, 5);
  assert.equal(groups[0].request_url, `${base()}/bad`);
  assert.ok(groups[0].explanation.length > 10);
  assert.equal((await get(`/alerts/${groups[0].last_sid}`)).error_code, '11200');
  assert.deepEqual((await get('/alerts/groups?level=warning&code=11200')).groups, []);
});

test('the catalogue tells operations and their parameters', async () => {
  const { operations } = await get('/catalogue');
  assert.ok(operations.length > 1600);
  const create = await get('/catalogue/api_v2010/CreateMessage');
  assert.equal(create.method, 'POST');
  assert.equal(create.product, 'api');
  const to = create.parameters.find((each) => each.name === 'To');
  assert.deepEqual([to.in, to.required, to.type], ['form', true, 'string']);
  assert.ok(create.parameters.find((each) => each.name === 'RiskCheck').values.includes('enable'));
  assert.equal((await server.control('GET', '/catalogue/api_v2010/Nothing')).status, 404);
});

test('search finds SIDs, numbers, names and texts', async () => {
  const sent = await send({ Body: 'A needle in the haystack' });
  const find = async (q) => (await get(`/search?q=${encodeURIComponent(q)}`)).results;
  assert.deepEqual((await find(sent.sid)).map((each) => [each.kind, each.sid]), [['message', sent.sid]]);
  assert.equal((await find('NEEDLE in'))[0].sid, sent.sid);
  assert.ok((await find('867 5310')).some((each) => each.kind === 'handset' && each.sid === server.handset));
  assert.ok((await find(server.number)).some((each) => each.kind === 'number'));
  assert.ok((await find('My phone')).some((each) => each.kind === 'handset'));
  assert.deepEqual(await find('x'), []);
  // Digits are looked for in texts too, and a number may come as it is written at home.
  const code = await send({ Body: 'Your code is 551 204' });
  assert.equal((await find('551 204'))[0].sid, code.sid);
  assert.ok((await find(server.number.slice(2))).some((each) => each.kind === 'message'));
  const short = (await server.control('POST', '/short-codes', { json: { short_code: '90210' } })).json;
  assert.deepEqual((await find(short.sid)).map((each) => [each.kind, each.sid]), [['short_code', short.sid]]);
  const service = await newService(server);
  const environment = await newEnvironment(server, service);
  assert.deepEqual((await find(environment.sid)).map((each) => [each.kind, each.sid]), [['function_service', service.sid]]);
  const variable = await rest(server, 'POST', `/${service.sid}/Environments/${environment.sid}/Variables`, { Key: 'A', Value: 'b' });
  const build = await newBuild(server, service, { functions: { '/hello': 'exports.handler = (context, event, callback) => callback();' } });
  for (const { sid } of [variable, build, ...build.function_versions]) {
    assert.deepEqual((await find(sid)).map((each) => [each.kind, each.sid]), [['function_service', service.sid]], sid);
  }
  const phone = (await server.control('POST', `/handsets/${encodeURIComponent(server.handset)}/messages`,
    { json: { to: server.number, body: 'See', media: [{ content_type: 'image/png', data: 'iVBORw0KGgo=' }] } })).json;
  const picture = (await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/Messages/${phone.sid}/Media.json`)).json.media_list[0];
  assert.deepEqual((await find(picture.sid)).map((each) => [each.kind, each.sid]), [['message', phone.sid]]);
  assert.deepEqual((await find(server.sid)).map((each) => each.kind), ['account']);
  assert.deepEqual(await find('SM00000000000000000000000000000000'), []);
});

test('a TwiML Bin answers a message, with parameters of the request put in as text', async () => {
  const twiml = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>{{From}} said: {{Body}}</Message></Response>';
  const made = await server.control('POST', '/bins', { json: { friendly_name: 'Echo', twiml } });
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.url, /^https:\/\/handler\.twilio\.com\/twiml\/EH[0-9a-f]{32}$/);
  const number = await server.newNumber({ SmsUrl: made.json.url });
  const sent = await server.text(server.handset, number.phone_number, 'Fish & <Chips/>');
  const reply = await server.waitForMessage(server.handset, { from: number.phone_number });
  assert.equal(reply.body, `${server.handset} said: Fish & <Chips/>`);
  assert.deepEqual(await server.alertsOf(sent.sid), []);
  const direct = await server.request('handler', 'GET', `/twiml/${made.json.sid}?From=me`, { auth: null });
  assert.equal(direct.status, 200);
  assert.match(direct.headers['content-type'], /text\/xml/);
  assert.match(direct.text, /<Message>me said: <\/Message>/);
  assert.equal((await server.control('POST', `/bins/${made.json.sid}`, { json: { twiml: '<Response>' } })).status, 400);
  const renamed = await server.control('POST', `/bins/${made.json.sid}`, { json: { friendly_name: 'Echo 2' } });
  assert.equal(renamed.json.twiml, twiml);
  assert.equal((await get('/bins')).bins[0].friendly_name, 'Echo 2');
  assert.equal((await server.control('DELETE', `/bins/${made.json.sid}`)).status, 204);
  assert.equal((await server.request('handler', 'GET', `/twiml/${made.json.sid}`, { auth: null })).status, 404);
});

test('a TwiML Bin is examined before it is kept', async () => {
  const examine = async (twiml) => (await server.control('POST', '/bins/validate', { json: { twiml } })).json.findings;
  assert.deepEqual(await examine('<Response><Message>Hi {{From}}</Message></Response>'), []);
  const [broken] = await examine('<Response>\n<Message>Hi</Response>');
  assert.equal(broken.level, 'error');
  assert.match((await examine('<Response><Massage>Hi</Massage></Response>'))[0].text, /<Massage> is no verb/);
  assert.equal((await examine('<Response>{{#From}}</Response>'))[0].level, 'error');
  assert.equal((await server.control('POST', '/bins', { json: { friendly_name: '', twiml: '<Response/>' } })).status, 400);
});
