// A phone writes to a Twilio number: what the application is asked, how its answers are carried out, and what is told when
// they cannot be. Each row has a number of its own, so that all run at once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
before(async () => { [server, hooks] = await Promise.all([Server.start(), Hooks.start()]); });
after(() => Promise.all([server.stop(), hooks.close()]));

const limit = { timeout: 60_000 };
let count = 0;

/** A number with a hook that answers so, and a phone that writes to it. */
async function scene(answer, more = {}, body = 'Hello') {
  const path = `/sms${++count}`;
  const number = await server.newNumber({ SmsUrl: hooks.on(path, answer), ...more });
  const phone = await server.newHandset();
  const message = await server.text(phone, number.phone_number, body);
  return { path, number: number.phone_number, numberSid: number.sid, phone, message };
}

/** Bodies of what the phone got, oldest first, once all replies to the message are delivered. */
async function replies(scene, wanted) {
  const got = [];
  for await (const each of server.events({ kind: 'handset.received' })) {
    if (each.subject === scene.phone) got.push(each.data.body);
    if (got.length === wanted) return got;
  }
  throw new Error(`only ${got.length} of ${wanted} came`);
}

test('the application is asked with every parameter, in order, signed', limit, async () => {
  for (const method of ['POST', 'GET']) {
    const path = `/sms${++count}`;
    const number = await server.newNumber({ SmsUrl: `${hooks.on(path, twiml(''))}?tenant=a%20b`, SmsMethod: method });
    const phone = await server.newHandset();
    const body = 'Hi & bye ✓ 👍 + 100%';
    const { sid } = await server.text(phone, number.phone_number, body);
    const request = await hooks.next(path);
    assert.equal(request.method, method);
    assert.ok(hooks.isSigned(request, server.token), method);
    const pairs = method === 'GET' ? request.pairs.slice(1) : request.pairs;
    assert.deepEqual(pairs, [['ToCountry', 'US'], ['ToState', ''], ['SmsMessageSid', sid], ['NumMedia', '0'], ['ToCity', ''], ['FromZip', ''],
      ['SmsSid', sid], ['FromState', ''], ['SmsStatus', 'received'], ['FromCity', ''], ['Body', body], ['FromCountry', 'US'],
      ['To', number.phone_number], ['ToZip', ''], ['NumSegments', '1'], ['MessageSid', sid], ['AccountSid', server.sid], ['From', phone],
      ['ApiVersion', '2010-04-01']]);
    assert.equal(request.headers['user-agent'], 'TwilioProxy/1.1');
    assert.match(request.headers['i-twilio-idempotency-token'], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    if (method === 'POST') assert.match(request.headers['content-type'], /^application\/x-www-form-urlencoded/);
    else assert.ok(request.target.startsWith(`${path}?tenant=a%20b&`));
  }
});

test('pictures from a phone come with their types and addresses', limit, async () => {
  const path = `/sms${++count}`;
  const number = await server.newNumber({ SmsUrl: hooks.on(path, { status: 204 }) });
  const phone = await server.newHandset();
  const { sid } = await server.text(phone, number.phone_number, '', [hooks.on('/a.png', { headers: { 'Content-Type': 'image/png' }, body: 'a' }), hooks.on('/b.jpg', { headers: { 'Content-Type': 'image/jpeg' }, body: 'b' })]);
  const { params } = await hooks.next(path);
  assert.match(sid, /^MM/);
  assert.equal(params.NumMedia, '2');
  assert.equal(params.Body, '');
  assert.equal(params.MediaContentType0, 'image/png');
  assert.equal(params.MediaContentType1, 'image/jpeg');
  const list = (await server.messages(`/${sid}/Media`)).json.media_list;
  assert.deepEqual(new Set([params.MediaUrl0, params.MediaUrl1]), new Set(list.map((each) => `https://api.twilio.com${each.uri.replace('.json', '')}`)));
  const file = await server.request('api', 'GET', new URL(params.MediaUrl0).pathname);
  assert.equal(file.status, 307);
  assert.equal((await server.request(null, 'GET', file.headers.location, { auth: null })).text, 'a');
});

test("an application's hook takes the place of the number's own", limit, async () => {
  const path = `/sms${++count}`;
  const { json: application } = await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Applications.json`,
    { form: { FriendlyName: 'app', SmsUrl: hooks.on(path, twiml('<Message>from the application</Message>')), SmsMethod: 'GET' } });
  const scene1 = await scene(twiml('<Message>from the number</Message>'), { SmsApplicationSid: application.sid });
  assert.deepEqual(await replies(scene1, 1), ['from the application']);
  assert.equal((await hooks.next(path)).method, 'GET');
});

const xml = (type, body) => ({ headers: { 'Content-Type': type }, body });
const answered = [
  ['a text inside', twiml('<Message>one</Message>'), ['one']],
  ['Body', twiml('<Message><Body>one</Body></Message>'), ['one']],
  ['several Bodies', twiml('<Message><Body>one</Body><Body> two</Body></Message>'), ['onetwo']],
  ['several messages, in order', twiml('<Message>1</Message><Message>2</Message><Message>3</Message>'), ['1', '2', '3']],
  ['the old Sms', twiml('<Sms>old</Sms>'), ['old']],
  ['comments and blanks', twiml('<!-- no --> <Message> &lt;b&gt; &amp; ✓ </Message> '), ['<b> & ✓']],
  ['plain text', xml('text/plain', 'just text'), ['just text']],
  ['text/html', xml('text/html; charset=utf-8', twiml('<Message>html</Message>')), ['html']],
  ['application/xml', xml('Application/XML', twiml('<Message>xml</Message>')), ['xml']],
  ['a redirect before it', { status: 302, headers: { Location: '/moved' } }, ['moved']],
  ['307', { status: 307, headers: { Location: '/moved307' } }, ['moved POST Hello']],
  ['Redirect, relative', twiml('<Redirect>there?x=1</Redirect><Message>never</Message>'), ['there POST Hello 1']],
  ['Redirect by GET', twiml('<Redirect method="GET">/there?x=2</Redirect>'), ['there GET Hello 2']],
  ['a message, then Redirect', twiml('<Message>first</Message><Redirect>/there?x=3</Redirect>'), ['first', 'there POST Hello 3']],
  ['action', twiml('<Message action="/action?x=4">asked</Message><Message>never</Message>'), ['asked', 'action POST asked queued']],
  ['action by GET', twiml('<Message action="/action" method="GET">asked</Message>'), ['asked', 'action GET asked queued']],
];

test('answers are carried out', limit, async () => {
  const query = (request, name) => new URLSearchParams(request.target.split('?')[1]).get(name);
  hooks.on('/moved', twiml('<Message>moved</Message>'));
  hooks.on('/moved307', (request) => twiml(`<Message>moved ${request.method} ${request.params.Body}</Message>`));
  hooks.on('/there', (request) => twiml(`<Message>there ${request.method} ${request.params.Body} ${query(request, 'x')}</Message>`));
  hooks.on('/action', (request) => {
    assert.match(request.params.MessageSid, /^SM/);
    return twiml(`<Message>action ${request.method} ${request.params.Body} ${request.params.MessageStatus}</Message>`);
  });
  await Promise.all(answered.map(async ([name, answer, wanted]) => {
    const made = await scene(answer);
    assert.deepEqual(await replies(made, wanted.length), wanted, name);
    assert.deepEqual(await server.alertsOf(made.message.sid), [], name);
  }));
});

test('to, from, Media and statusCallback of a message', limit, async () => {
  const third = await server.newHandset();
  const other = await server.newNumber();
  hooks.on('/told', { status: 204 });
  hooks.on('/cat.png', { headers: { 'Content-Type': 'image/png' }, body: 'cat' });
  const made = await scene(twiml(`<Message to="${third}" from="${other.phone_number}" statusCallback="/told"><Body>look</Body><Media>/cat.png</Media></Message>`));
  const got = await server.waitForMessage(third);
  assert.equal(got.from, other.phone_number);
  assert.deepEqual(got.media_urls, [hooks.url('/cat.png')]);
  const told = await hooks.all('/told', 2);
  assert.deepEqual(told.map((each) => each.params.MessageStatus), ['sent', 'delivered']);
  const listed = (await server.messages(`/${got.sid}`)).json;
  assert.equal(listed.direction, 'outbound-reply');
  assert.equal(listed.num_media, '1');
  assert.deepEqual(await server.alertsOf(made.message.sid), []);
});

const big = `<Response><!--${'x'.repeat(66_000)}--></Response>`;
const faulty = [
  ['empty, 204', { status: 204 }, []],
  ['an empty Response', twiml(''), []],
  ['an empty body', { headers: { 'Content-Length': '0' } }, []],
  ['JSON', xml('application/json', '{}'), ['12300']],
  ['no type', { body: twiml('') }, ['12300']],
  ['broken XML', xml('text/xml', '<Response><Message>'), ['12100']],
  ['another root', xml('text/xml', '<Answer/>'), ['12102']],
  ['too large', xml('text/xml', big), ['11750']],
  ['chunked, but empty', (request) => { request.response.writeHead(200, { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/xml' }); request.response.end(); }, ['11770']],
  ['an unknown verb', twiml('<Shout>x</Shout><Message>still</Message>'), ['12200'], 1],
  ['an unknown attribute', twiml('<Message loud="1">still</Message>'), ['12200'], 1],
  ['a verb inside', twiml('<Message><Redirect>/x</Redirect>still</Message>'), ['12200'], 1],
  ['a voice verb', twiml('<Say>x</Say><Message>still</Message>'), ['14110'], 1],
  ['a bad to', twiml('<Message to="x">no</Message><Message>still</Message>'), ['14101'], 1],
  ['a bad from', twiml('<Message from="+12025550177">no</Message><Message>still</Message>'), ['14102'], 1],
  ['no body', twiml('<Message></Message><Message>still</Message>'), ['14103'], 1],
  ['a body too long', twiml(`<Message>${'x'.repeat(1601)}</Message><Message>still</Message>`), ['14103'], 1],
  ['a bad method', twiml('<Message action="/x" method="PUT">no</Message><Message>still</Message>'), ['14104'], 1],
  ['a bad statusCallback', twiml('<Message statusCallback="ftp://x">no</Message><Message>still</Message>'), ['14105'], 1],
  ['documents without end', (request) => twiml(`<Redirect>${request.path}</Redirect>`), ['14106']],
  ['eleven messages', twiml('<Message>m</Message>'.repeat(11)), ['14109'], 10],
  ['redirects without end', (request) => ({ status: 302, headers: { Location: request.path } }), ['11215']],
  ['404', { status: 404, body: 'no' }, ['11200']],
  ['500', { status: 500, body: 'oh' }, ['11200']],
  ['a redirect to nowhere', { status: 302 }, ['11200']],
];

test('faults become alerts with their code, and the rest is carried out', { timeout: 60_000 }, async () => {
  await Promise.all(faulty.map(async ([name, answer, codes, wanted = 0]) => {
    const made = await scene(answer);
    const alerts = await server.alertsOf(made.message.sid);
    assert.deepEqual(alerts.map((each) => each.error_code), codes, `${name}: ${JSON.stringify(alerts.map((each) => each.alert_text))}`);
    if (wanted > 0) assert.equal((await replies(made, wanted)).length, wanted, name);
    for (const each of alerts) {
      assert.equal(each.log_level, /^(12200|141(0[1-6]|08|09|10))$/.test(each.error_code) ? 'warning' : 'error', name);
      assert.equal(each.more_info, `https://www.twilio.com/docs/errors/${each.error_code}`);
      const whole = (await server.control('GET', `/alerts/${each.sid}`)).json.dialtone;
      assert.ok(whole.message.length > 5, name);
      const [hop] = whole.exchange.hops;
      assert.equal(hop.request.url, hooks.url(made.path));
      assert.ok(hop.request.body.includes(`MessageSid=${made.message.sid}`));
      assert.ok(hop.request.headers.some(([header]) => header === 'X-Twilio-Signature'));
      assert.ok(hop.timing.total_us > 0);
    }
  }));
});

test('a reply to oneself has words of its own; floods are dammed', limit, async () => {
  const path = `/sms${++count}`;
  const number = await server.newNumber({ SmsUrl: hooks.on(path, twiml('')) });
  hooks.on(path, twiml(`<Message to="${number.phone_number}">me</Message>`));
  const phone = await server.newHandset();
  const { sid } = await server.text(phone, number.phone_number, 'x');
  const [alert] = await server.alertsOf(sid);
  assert.equal(alert.error_code, '14101');
  assert.match(new URLSearchParams(alert.alert_text).get('Msg'), /destination number for a TwiML message can not equal the originating number/);

  hooks.on(path, twiml('<Message>again</Message>'.repeat(8)));
  const [first, second] = [await server.text(phone, number.phone_number, '1'), await server.text(phone, number.phone_number, '2')];
  const codes = [...await server.alertsOf(first.sid), ...await server.alertsOf(second.sid)].map((each) => each.error_code);
  assert.deepEqual(codes, ['14107']);
});
