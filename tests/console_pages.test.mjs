// The console in a real browser: each page's main use, and what axe says of it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
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
  await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark');
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

test('messages: filter, a message as it happens, its page with the exchange, sent again', async () => {
  const app = http.createServer((request, response) => {
    request.resume();
    response.setHeader('Content-Type', 'text/xml');
    response.end('<Response><Message>Thank you</Message></Response>');
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  try {
    const number = await server.newNumber({ SmsUrl: `http://127.0.0.1:${app.address().port}/sms` });
    await visit('/logs/messages', async (page) => {
      const table = page.getByRole('table', { name: 'Messages' });
      await page.getByLabel('Text').fill('table for');
      await page.getByText('No message fits these filters').waitFor();
      await server.text(server.handset, number.phone_number, 'A table for <b>two</b>');
      await table.getByText('A table for <b>two</b>').waitFor();
      assert.match(page.url(), /text=table\+for/);
      assert.equal(await table.getByRole('link').count(), 1);
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export CSV' }).click()]);
      assert.match(readFileSync(await download.path(), 'utf8'), /A table for <b>two<\/b>/);
      await table.getByRole('link').first().click();
      await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
      await page.getByText('<Message>Thank you</Message>').waitFor();
      await page.getByRole('button', { name: 'Send it again' }).click();
      await page.getByRole('button', { name: /Sent again by hand/ }).waitFor();
    });
  } finally {
    app.close();
  }
});

test('messages: thousands of rows are a few dozen elements, and the last is reached', async () => {
  const other = await Server.start();
  try {
    const count = 3000;
    for (let i = 0; i < count; i += 100)
      await Promise.all(Array.from({ length: 100 }, (_, k) => other.messages('', 'POST', { From: other.number, To: other.handset, Body: `Message ${i + k}` })));
    const page = await browser.page(`${other.url}/logs/messages?size=1000`);
    await page.getByRole('table').getByText('Message 2999', { exact: true }).waitFor();
    assert.ok(await page.getByRole('row').count() < 80);
    const box = page.getByLabel('Rows', { exact: true });
    await page.waitForFunction(() => {
      const rows = document.querySelector('[aria-label="Rows"]');
      rows.scrollTop = rows.scrollHeight;
      return rows.textContent.includes('Message 0Outgoing');
    });
    assert.ok(await page.getByRole('row').count() < 80);
    await box.getByText('Message 0', { exact: true }).waitFor();
    await page.close();
  } finally {
    await other.stop();
  }
});

test('debugger: a failure is found with what to do', async () => {
  const number = await server.newNumber({ SmsUrl: 'http://127.0.0.1:9/nobody' });
  await visit('/debugger', async (page) => {
    for (let i = 0; i < 3; ++i) await server.text(server.handset, number.phone_number, 'Hello?');
    const row = page.getByRole('article').filter({ hasText: 'http://127.0.0.1:9/nobody' });
    await row.getByText('3×').waitFor();
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    await page.getByText('Nothing listens on that port').waitFor();
    await page.getByRole('link', { name: /^SM/ }).click();
    await page.getByRole('heading', { name: 'Its life' }).waitFor();
  });
});
