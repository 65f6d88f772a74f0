// The helper for Node: what its users rely on beyond what the example projects show.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Dialtone, DialtoneError } from '../clients/node/index.js';
import { toRe2 } from '../clients/node/lib/expressions.js';
import { binary, root } from './support/server.mjs';

const require = createRequire(import.meta.url);
const run = promisify(execFile);
let dialtone;
before(async () => { dialtone = await Dialtone.start({ binary }); });
after(async () => { await dialtone.stop(); });

for (const version of ['twilio', 'twilio-v3', 'twilio-v4', 'twilio-v5']) {
  test(`the official client ${version} works in the test's process`, withTenant(async (tenant) => {
    const client = tenant.twilio(require(version));
    const message = await client.messages.create({ to: tenant.handset.number, from: tenant.number, body: 'Grüße & 100 % ✓' });
    assert.equal((await tenant.handset.expect(/✓$/)).sid, message.sid);
    assert.equal((await client.messages.list({ to: tenant.handset.number, limit: 5 })).length, 1);
    const service = await client.verify.v2.services.create({ friendlyName: 'Acme' });
    await client.verify.v2.services(service.sid).verifications.create({ to: tenant.handset.number, channel: 'sms' });
    const { match: [code] } = await tenant.handset.expect(/\d{6}/);
    assert.equal((await client.verify.v2.services(service.sid).verificationChecks.create({ to: tenant.handset.number, code })).status, 'approved');
    await assert.rejects(client.messages.create({ to: '123', from: tenant.number, body: 'x' }), { code: 21265 });
  }));
}

function withTenant(body) { return () => dialtone.test(body)(); }

test('expect goes from message to message, and says what came instead', withTenant(async (tenant) => {
  const client = tenant.twilio(require('twilio'));
  const send = (body) => client.messages.create({ to: tenant.handset.number, from: tenant.number, body });
  for (const body of ['one', 'two', 'Three (3)', 'four']) await send(body);
  assert.equal((await tenant.handset.expect()).body, 'one');
  assert.equal((await tenant.handset.expect('(3)')).body, 'Three (3)');
  const { match } = await tenant.handset.expect(/^(?<word>FOUR)$/i);
  assert.equal(match.groups.word, 'four');
  await send('five');
  await assert.rejects(tenant.handset.expect('six', { timeout: 50 }), (error) => {
    assert.ok(error instanceof DialtoneError);
    assert.equal(error.status, 408);
    assert.match(error.message, /did not get six/);
    assert.match(error.message, /five/);
    return true;
  });
  assert.deepEqual((await tenant.handset.messages()).map((each) => each.body), ['one', 'two', 'Three (3)', 'four', 'five']);
}));

test('phones of any number, of one tenant', withTenant(async (tenant) => {
  const client = tenant.twilio(require('twilio'));
  await client.messages.create({ to: '+14155550123', from: tenant.number, body: 'to a fixed number' });
  await tenant.phone('+14155550123').expect('fixed');
  const second = await tenant.newHandset();
  await second.text('between phones', { to: tenant.handset.number });
  assert.equal((await tenant.handset.expect('between')).from, second.number);
  assert.deepEqual((await second.messages({ direction: 'outbound' })).map((each) => each.body), ['between phones']);
}));

test('await finds what happened and what will', withTenant(async (tenant) => {
  const coming = tenant.await({ kind: 'message.delivered', to: /^\+1555/ });
  const client = tenant.twilio(require('twilio'));
  const { sid } = await client.messages.create({ to: tenant.handset.number, from: tenant.number, body: 'x' });
  assert.equal((await coming).subject, sid);
  assert.equal((await tenant.await({ kind: 'message', status: 'sent' })).subject, sid);
  await tenant.setNumber({ SmsUrl: 'http://127.0.0.1:9/' });
  await tenant.handset.text('anybody there?');
  const { exchange } = await tenant.await({ kind: 'webhook', purpose: 'incoming' });
  assert.equal(exchange.hops[0].request.url, 'http://127.0.0.1:9/');
  assert.match(exchange.hops[0].request.body, /Body=anybody/);
  const { alert } = await tenant.await({ kind: 'alert' });
  assert.deepEqual((await tenant.alerts()).map((each) => each.sid), [alert.sid]);
  assert.equal((await tenant.exchanges()).length, 1);
}));

test('an unchanged program runs with a tenant\'s environment', withTenant(async (tenant) => {
  const script = `
    const client = require('twilio')(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);
    client.messages.create({ to: process.env.MY_NUMBER, from: process.env.TWILIO_NUMBER, body: 'from another process' });`;
  await run(process.execPath, ['-e', script], { cwd: `${root}/tests`, env: { ...process.env, ...tenant.env() } });
  await tenant.handset.expect('from another process');
}));

test('a server that runs already can be used, with its main account', async () => {
  const { account_sid, auth_token, number } = dialtone.note;
  const other = Dialtone.connect(dialtone.url, { accountSid: account_sid, authToken: auth_token });
  const tenant = await other.tenant();
  await tenant.handset.text('hi');
  await tenant.remove();
  assert.equal((await other.main.twilio(require('twilio')).incomingPhoneNumbers.list())[0].phoneNumber, number);
  await other.stop();
  assert.equal((await dialtone.clock.get()).frozen, false);
});

test('expressions as RE2 reads them', () => {
  assert.equal(toRe2(/a(?<name>b)(?<=c)/i), '(?i)a(?P<name>b)(?<=c)');
  assert.equal(toRe2(/^x$/gm), '(?m)^x$');
});

test('a server goes when the process that started it is killed', async () => {
  const script = `import { Dialtone } from ${JSON.stringify(`${root}/clients/node/index.js`)};
    const dialtone = await Dialtone.start(); console.log(dialtone.note.pid); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, DIALTONE_BINARY: binary }, stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = (await once(child.stdout, 'data')).map(Number);
  child.kill('SIGKILL');
  const limit = Date.now() + 10_000;
  for (;;) {
    try { process.kill(pid, 0); } catch { break; }
    assert.ok(Date.now() < limit, 'the server runs on');
    await new Promise(setImmediate);
  }
});

test('what keeps a server from starting is told', async () => {
  await assert.rejects(Dialtone.start({ binary: '/nowhere/dialtone' }), /cannot be started/);
  await assert.rejects(Dialtone.start({ binary, args: ['--log-level', 'loud'] }), /ended with 2: dialtone: --log-level/);
});
