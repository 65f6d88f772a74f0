// The console in a real browser: each page's main use, and what axe says of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, seriousProblems } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), Browser.start()]); });
after(async () => { await browser?.stop(); await server?.stop(); });

async function visit(path, use) {
  const page = await browser.page(`${server.url}${path}`);
  await use(page);
  assert.deepEqual(await seriousProblems(page), [], `axe on ${path}`);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  assert.deepEqual(await seriousProblems(page), [], `axe on ${path}, dark`);
  assert.deepEqual(page.problems, [], `errors on ${path}`);
  await page.close();
}

test('dashboard: credentials, snippets with the real values, and what happens now', () => visit('/', async (page) => {
  await page.getByText(server.sid).first().waitFor();
  assert.equal(await page.getByText(server.token).count(), 0);
  await page.getByRole('button', { name: 'Show' }).click();
  assert.equal(await page.getByTestId('auth-token').textContent(), server.token);
  await page.getByRole('tab', { name: 'curl' }).click();
  await page.getByLabel('curl snippet', { exact: true }).getByText(`${server.sid}:${server.token}`).waitFor();
  await page.getByText('Nothing yet').waitFor();
  await server.text(server.handset, server.number, 'Anybody there?');
  await page.getByRole('log', { name: 'Newest events' }).getByText('received').waitFor();
}));

test('handsets: a message arrives at once, and is answered; markup is text', () => visit('/handsets', async (page) => {
  const phone = page.getByRole('region', { name: `My phone ${server.handset}` });
  const body = '<img src=x onerror="document.title=1"><b>Hello</b>';
  await server.messages('', 'POST', { From: server.number, To: server.handset, Body: body });
  await phone.getByRole('log', { name: 'Conversation' }).getByText(body).waitFor();
  await phone.getByLabel('Message', { exact: true }).fill('Hello to you too');
  await phone.getByRole('button', { name: 'Send' }).click();
  await phone.getByRole('log').getByText('Hello to you too').waitFor();
  const sent = await server.event('message.received', (each) => each.data.body === undefined || each.data.body === 'Hello to you too');
  assert.ok(sent);
  const logged = (await server.messages()).json.messages.filter((each) => each.body === 'Hello to you too');
  assert.equal(logged.length, 1);
  assert.match(await page.title(), /Handsets/);
}));

test('handsets: a new one with one click, written to from another, with an error where it arises', () => visit('/handsets', async (page) => {
  await page.getByRole('button', { name: 'New handset' }).click();
  const made = page.getByRole('region', { name: /Handset 3/ });
  await made.waitFor();
  await made.getByLabel('To', { exact: true }).fill('12');
  await made.getByLabel('Message', { exact: true }).fill('Hi');
  await made.getByRole('button', { name: 'Send' }).click();
  await made.getByRole('alert').getByText('Error 21211').waitFor();
  await made.getByLabel('To', { exact: true }).fill(server.handset);
  await made.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('region', { name: /^My phone/ }).getByRole('button', { name: /All conversations, 1 unread/ }).waitFor();
}));

test('login: asked for when the server is bound to another address', async () => {
  const open = await Server.start({ args: ['--bind', '0.0.0.0'] });
  try {
    const page = await browser.page(open.url);
    await page.getByLabel('Account SID').fill(open.sid);
    await page.getByLabel('Auth token').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('Error 20003').waitFor();
    assert.deepEqual(await seriousProblems(page), []);
    await page.getByLabel('Auth token').fill(open.token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'My first Dialtone account' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await page.close();
  } finally {
    await open.stop();
  }
});

test('a lost connection shows, and heals', async () => {
  const other = await Server.start({ data: true });
  try {
    const page = await browser.page(`${other.url}/`);
    await page.getByRole('status', { name: 'Live' }).waitFor();
    await other.kill();
    await page.getByText('Connection lost').waitFor();
    other.options.port = other.port;
    await other.launch();
    await page.getByRole('status', { name: 'Live' }).waitFor({ timeout: 30_000 });
    await page.close();
  } finally {
    await other.stop();
  }
});
