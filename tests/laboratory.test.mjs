// The laboratory, walked through in a browser: an SMS that arrives on a handset, a function that is built step by step and
// answers, the history, the call.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Browser, seriousProblems } from './support/browser.mjs';
import { binary, cleanEnvironment, root, Server, temporaryFolder } from './support/server.mjs';

const run = promisify(execFile);
const folder = join(root, 'examples/laboratory');
const api = join(dirname(binary), 'examples/laboratory/api/laboratory_api');
const skip = !existsSync(api) ? 'the laboratory is not built' : !existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium') ? 'no browser here' : false;

let server;
let browser;
let page;
let laboratory;
let address;
let coverage;

/** Starts it and gives its address. */
async function start(command, args, env) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let errors = '';
  child.stderr.on('data', (data) => { errors += data; });
  const lines = createInterface({ input: child.stdout });
  const found = await new Promise((done, failed) => {
    lines.on('line', (line) => { const at = /The laboratory is at (\S+)/.exec(line); if (at) done(at[1]); });
    child.on('exit', (code) => failed(new Error(`ended with ${code}: ${errors}`)));
  });
  return { address: found, child, stop: async () => { process.kill(-child.pid, 'SIGTERM'); await once(child, 'close'); } };
}

before(async () => {
  if (skip) return;
  const built = join(folder, 'web/dist/index.html');
  if (!existsSync(built) || statSync(built).mtimeMs < statSync(join(folder, 'web/src/app.tsx')).mtimeMs) {
    await run('npm', ['ci', '--no-progress', '--silent'], { cwd: join(folder, 'web'), timeout: 300_000 });
    await run('npm', ['run', '--silent', 'build'], { cwd: join(folder, 'web'), timeout: 300_000 });
  }
  server = await Server.start();
  coverage = new Map((await server.control('GET', '/coverage')).json.operations.map((each) => [`${each.document} ${each.operation}`, each.behaviour]));
  laboratory = await start(api, ['0', join(folder, 'web/dist')], { ...cleanEnvironment(), TWILIO_ACCOUNT_SID: server.sid, TWILIO_AUTH_TOKEN: server.token,
    TWILIO_NUMBER: server.number, MY_NUMBER: server.handset, LABORATORY_SCRIPTS: join(folder, 'scripts'), LABORATORY_DIALTONE: server.url,
    HTTPS_PROXY: server.url, TWILIO_CA_BUNDLE: server.caFile });
  address = laboratory.address;
  browser = await Browser.start();
  page = await browser.page(address);
});
after(async () => {
  await browser?.stop();
  await laboratory?.stop();
  await server?.stop();
});

const section = (name) => page.getByRole('region', { name });

test('experience 1: the line about the Kessel Run arrives on the handset', { skip }, async () => {
  const one = section('1. Send an SMS');
  await one.getByRole('button', { name: 'Send' }).click();
  await one.getByText(/^SM[0-9a-f]{32}$/).waitFor();
  const message = await server.waitForMessage(server.handset);
  assert.equal(message.body, "I've made the Kessel Run in less than twelve parsecs.");
});

test('experience 1: a number that is none is explained, and so is one that the network refuses', { skip }, async () => {
  const one = section('1. Send an SMS');
  await one.getByLabel('To').fill('12345');
  await one.getByRole('button', { name: 'Send' }).press('Enter');
  await one.getByRole('alert').getByText(/no phone number/).waitFor();
  await one.getByLabel('To').fill('+123');
  await one.getByRole('button', { name: 'Send' }).press('Enter');
  const alert = one.getByRole('alert').filter({ hasText: 'Error 21211' });
  await alert.waitFor();
  assert.match(await alert.getByRole('link').getAttribute('href'), /errors\/21211$/);
  await one.getByLabel('To').fill('');
});

test('experience 2: six steps by keyboard lead to a function that answers, also for the number', { skip }, async (t) => {
  if (coverage.get('serverless_v1 CreateDeployment') !== 'own') return t.skip('this network does not run functions yet');
  const two = section('2. A function in the cloud');
  // A key on a button that is not enabled yet does nothing, and Playwright does not wait for it as it does with a click.
  const press = (button) => two.getByRole('button', { ...button, disabled: false }).press('Enter');
  for (const [script, point] of [['A JSON answer', ''], ['An answer to a message', 'messages']]) {
    await press({ name: 'Create a service' });
    await two.getByText(/^Service ZS[0-9a-f]{32}/).waitFor();
    await press({ name: 'Create the environment' });
    await two.getByText(/^Environment ZE[0-9a-f]{32} at \S+\.twil\.io$/).waitFor();
    await two.getByLabel('Script').selectOption(script);
    await press({ name: 'Create the function' });
    await two.getByText(/^Function ZH[0-9a-f]{32}$/).waitFor();
    await press({ name: 'Upload the script' });
    await two.getByText(/^Version ZN[0-9a-f]{32} at \//).waitFor();
    await press({ name: 'Build', exact: true });
    await two.getByText(/^Build ZB[0-9a-f]{32}: completed$/).waitFor({ timeout: 60_000 });
    await press({ name: 'Deploy' });
    const link = two.getByRole('link', { name: /^https:\/\// });
    await link.waitFor();
    if (point === '') {
      const [opened] = await Promise.all([browser.context.waitForEvent('page'), link.press('Enter')]);
      await opened.waitForLoadState();
      const answer = JSON.parse(await opened.locator('body').innerText());
      assert.equal(answer.message, 'Hello from your function');
      await opened.close();
    } else {
      await press({ name: /Let it answer the messages/ });
      await two.getByRole('button', { name: /uses it for messages/ }).waitFor();
      await server.text(server.handset, server.number, 'hello there');
      const reply = await server.waitForMessage(server.handset, { contains: 'You wrote' });
      assert.equal(reply.body, 'You wrote "hello there". The Kessel Run took less than twelve parsecs.');
    }
  }
});

test('experience 3: the history has the message, and tells more of it', { skip }, async () => {
  const three = section('3. The history');
  await three.getByRole('button', { name: 'Look again' }).click();
  const row = three.getByRole('row').filter({ hasText: 'Kessel Run in less' });
  await row.first().getByRole('button').click();
  await three.getByRole('status').getByText('outbound-api').waitFor();
});

test('experience 4: a call rings, or the page says that there is no voice yet', { skip }, async () => {
  const url = 'https://example.com/call';
  const answer = await fetch(`${address}/experience4/call`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ url }) });
  const body = await answer.json();
  if (coverage.get('api_v2010 CreateCall') === 'own') assert.match(body.sid, /^CA/);
  else assert.deepEqual([answer.status, body.message.startsWith('This network has no voice yet')], [501, true]);
  assert.equal(await section('4. A call').getByRole('button', { name: /^Ring / }).isDisabled(), true);
});

test('bad input gets 400 with a message, and errors of the API come through', { skip }, async () => {
  const ask = async (method, path, body, type = 'application/json') => {
    const response = await fetch(address + path, body === undefined ? { method } : { method, headers: { 'Content-Type': type }, body });
    return [response.status, await response.json()];
  };
  for (const [method, path, body, type] of [['POST', '/send-sms', '{"number":5'], ['POST', '/send-sms', '[]'], ['POST', '/send-sms', '{"number":"x"}'],
    ['POST', '/send-sms', 'number=1', 'application/x-www-form-urlencoded'], ['POST', '/experience2/environment', '{}'], ['POST', '/experience2/environment'],
    ['POST', '/experience2/function', `{"serviceSid":"ZS${'0'.repeat(32)}","script":"../../etc/passwd"}`], ['POST', '/experience2/builds', `{"serviceSid":"ZS${'0'.repeat(32)}"}`],
    ['GET', '/experience2/deploy'], ['GET', '/experience2/functions/nothing'], ['GET', '/experience3/history/SMx'], ['POST', '/experience4/call', '{"url":"file:///x"}']]) {
    const [status, answer] = await ask(method, path, body, type);
    assert.equal(status, 400, `${method} ${path} ${body}`);
    assert.ok(answer.message.length > 10);
  }
  const [status, missing] = await ask('GET', `/experience3/history/SM${'0'.repeat(32)}`);
  assert.deepEqual([status, missing.code], [404, 20404]);
  assert.equal((await ask('PUT', '/send-sms', '{}'))[0], 405);
  assert.equal((await ask('GET', '/../../etc/passwd'))[0], 404);
  const elsewhere = await new Promise((done) => import('node:http').then(({ default: http }) =>
    http.get(address, { headers: { Host: 'evil.example' } }, (response) => { response.resume(); done(response.statusCode); })));
  assert.equal(elsewhere, 403);
});

test('the page works on a phone, and has no serious problem of access', { skip }, async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1), 'nothing sticks out');
  assert.deepEqual(await seriousProblems(page), []);
  assert.deepEqual(page.problems, []);
  if (process.env.LABORATORY_SHOTS) {
    await page.screenshot({ path: join(process.env.LABORATORY_SHOTS, 'phone.png'), fullPage: true });
    await page.setViewportSize({ width: 1200, height: 900 });
    await page.screenshot({ path: join(process.env.LABORATORY_SHOTS, 'desk.png'), fullPage: true });
  }
});

test('one command starts all of it, with a network of its own when there is none', { skip }, async () => {
  const home = temporaryFolder();
  const env = { ...cleanEnvironment(), LABORATORY_BUILT: '1', HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home };
  const all = await start(join(folder, 'run-laboratory'), ['0'], env);
  try {
    const settings = await (await fetch(`${all.address}/settings`)).json();
    assert.match(settings.accountSid, /^AC/);
    assert.match(settings.dialtone, /^http:\/\/127\.0\.0\.1:/);
    const sent = await fetch(`${all.address}/send-sms`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    assert.equal(sent.status, 201);
    assert.match(await (await fetch(all.address)).text(), /<title>The laboratory<\/title>/);
  } finally {
    await all.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
