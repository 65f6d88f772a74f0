// The handsets of the console in a real browser.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), Browser.start()]); });
after(async () => { await browser?.stop(); await server?.stop(); });

test('handsets: a message arrives at once, and is answered; markup is text', () => browser.visit(`${server.url}/handsets`, async (page) => {
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

test('handsets: a picture is seen on the phone and in the log', async () => {
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
  const app = http.createServer((request, response) => {
    request.resume();
    response.setHeader('Content-Type', 'image/png');
    response.end(pixel);
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  const other = await Server.start();
  try {
    const sent = await other.messages('', 'POST', { From: other.number, To: other.handset, MediaUrl: `http://127.0.0.1:${app.address().port}/cat.png` });
    assert.equal(sent.status, 201, sent.text);
    for (const path of ['/handsets', `/logs/messages/${sent.json.sid}`]) {
      const page = await browser.page(`${other.url}${path}`);
      const picture = page.getByRole('img', { name: /^Attached/ }).first();
      await picture.waitFor();
      assert.ok(await picture.evaluate(async (image) => { await image.decode(); return image.naturalWidth; }) > 0, path);
      assert.deepEqual(page.problems, []);
      await page.close();
    }
  } finally {
    app.close();
    await other.stop();
  }
});

test('handsets: a new one with one click, written to from another, with an error where it arises', () => browser.visit(`${server.url}/handsets`, async (page) => {
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
