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

test('dashboard: credentials, snippets with the real values, and what happens now', () => browser.visit(`${server.url}/`, async (page) => {
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
    await browser.visit(`${server.url}/logs/messages`, async (page) => {
      const table = page.getByRole('table', { name: 'Messages' });
      await page.getByLabel('Text', { exact: true }).fill('table for');
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
    const page = await browser.page();
    const tokens = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.pathname === '/_dialtone/v1/messages' && url.searchParams.has('after')) tokens.push(url.searchParams.get('after'));
    });
    await page.goto(`${other.url}/logs/messages?size=1000`);
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
    // Older pages were asked for by the SID that the page before ended with.
    assert.ok(tokens.length === 2 || tokens.length === 3, `${tokens.length} pages`);
    const { messages } = (await other.control('GET', '/messages?limit=1000')).json;
    assert.equal(tokens[0], messages.at(-1).sid);
    // Who reads down there keeps the place while new messages come in above.
    const place = await box.getByText('Message 5', { exact: true }).boundingBox();
    await other.messages('', 'POST', { From: other.number, To: other.handset, Body: 'One more' });
    await page.getByRole('status').filter({ hasText: '3,001 messages' }).waitFor();
    assert.deepEqual(await box.getByText('Message 5', { exact: true }).boundingBox(), place);
    // What changes far below the newest ones changes where it is.
    const oldest = (await other.control('GET', '/messages?text=Message%200')).json.messages.at(-1);
    assert.equal(oldest.body, 'Message 0');
    assert.equal((await other.request('api', 'DELETE', `/2010-04-01/Accounts/${other.sid}/Messages/${oldest.sid}.json`)).status, 204);
    await box.getByText('Message 0', { exact: true }).waitFor({ state: 'detached' });
    assert.ok(await page.getByRole('row').count() < 80);
    await page.close();
  } finally {
    await other.stop();
  }
});

test('debugger: a failure is found with what to do', async () => {
  const number = await server.newNumber({ SmsUrl: 'http://127.0.0.1:9/nobody' });
  await browser.visit(`${server.url}/debugger`, async (page) => {
    for (let i = 0; i < 3; ++i) await server.text(server.handset, number.phone_number, 'Hello?');
    const row = page.getByRole('article').filter({ hasText: 'http://127.0.0.1:9/nobody' });
    await row.getByText('3×').waitFor();
    await Promise.all(Array.from({ length: 997 }, () => server.text(server.handset, number.phone_number, 'Hello?')));
    await row.getByText('1,000×').waitFor({ timeout: 30_000 });
    assert.equal(await row.count(), 1);
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    await page.getByText('Nothing listens on that port').waitFor();
    await page.getByRole('link', { name: /^SM/ }).click();
    await page.getByRole('heading', { name: 'Its life' }).waitFor();
  });
});

test('the other pages: nothing serious for axe, light and dark, and nothing wider than a phone', { timeout: 120_000 }, async () => {
  const bin = (await server.control('POST', '/bins', { json: { friendly_name: 'Out of office', twiml: '<Response><Message>Later</Message></Response>' } })).json;
  const number = await server.newNumber({ SmsUrl: 'http://127.0.0.1:9/elsewhere' });
  const [alert] = await server.alertsOf((await server.text(server.handset, number.phone_number, 'Hello?')).sid);
  const pages = { '/bins': 'TwiML Bins', '/bins/new': 'New TwiML Bin', [`/bins/${bin.sid}`]: 'Out of office', '/numbers': 'Phone numbers', '/numbers/buy': 'Get a number', '/functions': 'Functions & Assets',
    '/services': 'Messaging services', '/debugger': 'Debugger', [`/debugger/${alert.sid}`]: `Alert ${alert.error_code}`, '/explorer?document=sync_v1&operation=UpdateDocument': 'API explorer', '/nothing/like/it': 'Not found',
    '/logs/messages/SM00000000000000000000000000000000': 'Message' };
  for (const [path, name] of Object.entries(pages)) {
    await browser.visit(`${server.url}${path}`, async (page) => {
      await page.getByRole('heading', { name, level: 1, exact: true }).waitFor();
      await page.waitForFunction(() => document.querySelector('[aria-label="Loading"]') === null);
    });
  }
});

test('search: a text leads to its message, by keyboard alone', () => browser.visit(`${server.url}/`, async (page) => {
  const sent = await server.text(server.handset, server.number, 'The quick brown fox');
  await page.getByRole('status', { name: 'Live' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('quick brown');
  await page.getByRole('option', { name: /quick brown fox/ }).first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/logs/messages/${sent.sid}`);
  await page.getByRole('heading', { name: 'Its life' }).waitFor();
}));

test('search: SIDs and numbers lead to their pages, as people write them', () => browser.visit(`${server.url}/`, async (page) => {
  const number = await server.newNumber({ FriendlyName: 'The <i>kitchen</i>' });
  const find = async (text, option, address) => {
    await page.getByLabel('Search SIDs, numbers and texts').fill(text);
    await page.getByRole('option', { name: option }).first().click();
    await page.waitForURL(address);
  };
  await find(number.sid, /<i>kitchen<\/i>|\+1415/, `**/numbers/${number.sid}`);
  await find(number.phone_number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3'), /Number/, `**/numbers/${number.sid}`);
  await find('kitchen', /<i>kitchen<\/i>/, `**/numbers/${number.sid}`);
  await find(server.handset, /Handset/, (url) => url.pathname === '/handsets' && url.searchParams.get('open') === server.handset);
  await find('debug', /Debugger/, '**/debugger');
  await page.getByLabel('Search SIDs, numbers and texts').fill('nothing is called so');
  await page.getByText('Nothing is like that').waitFor();
  await page.keyboard.press('Escape');
}));

test('by keyboard alone: into the content, through the menu, and a dialog closes', async () => {
  const page = await browser.page(`${server.url}/services`);
  await page.getByRole('heading', { name: 'Messaging services', level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'To the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'New messaging service');
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'the focus is seen');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByLabel('Name').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'INPUT');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement.textContent === 'New messaging service', undefined, { timeout: 5000 });
  await page.close();
});

test('by keyboard alone: the list of operations is one stop, and the editor lets go of Tab after Escape', async () => {
  const page = await browser.page(`${server.url}/explorer`);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.getByLabel('Find an operation').fill('api_v2010 message');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.activeElement.dataset.index === '0');
  await page.keyboard.press('End');
  await page.waitForFunction(() => Number(document.activeElement.dataset.index) > 5);
  await page.keyboard.press('ArrowUp');
  const chosen = await focused();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
  assert.equal(await focused(), chosen);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'INPUT');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), chosen, 'back to where it was');
  await page.goto(`${server.url}/bins/new`);
  await page.getByLabel('Name', { exact: true }).fill('By keys');
  const editor = page.getByLabel('TwiML', { exact: true });
  await editor.focus();
  await page.getByText('Esc, then Tab, leaves').waitFor();
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('.code-editor-box')).outlineStyle), 'none', 'the focus is seen');
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.className), /cm-content/, 'Tab indents');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Make the bin');
  assert.deepEqual(page.problems, []);
  await page.close();
});

test('explorer: an operation is found, sent, and shown as code', () => browser.visit(`${server.url}/explorer`, async (page) => {
  await page.getByLabel('Find an operation').fill('api_v2010 create message');
  await page.getByRole('button', { name: /Create message POST|POST Create message/ }).first().click();
  await page.getByLabel('To', { exact: false }).first().waitFor();
  await page.getByRole('combobox', { name: 'To' }).fill(server.handset);
  await page.getByRole('combobox', { name: 'From' }).fill(server.number);
  await page.getByRole('textbox', { name: 'Body' }).fill("It's sent by hand");
  await page.getByLabel('curl code', { exact: true }).getByText(`--data-urlencode 'Body=It'\\''s sent by hand'`).waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('status').filter({ hasText: '201' }).waitFor();
  const message = await server.waitForMessage(server.handset, { contains: 'sent by hand' });
  assert.ok(await page.getByLabel('As code').getByRole('tab').count() >= 4);
  await page.getByLabel('answer', { exact: true }).getByText(message.sid).first().waitFor();
}));
