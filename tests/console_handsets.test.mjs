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

const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
const drawn = async (picture) => assert.ok(await picture.evaluate(async (image) => { await image.decode(); return image.naturalWidth; }) > 0);

test('handsets: a picture is seen on the phone and in the log, and another file is a link', async (t) => {
  const app = http.createServer((request, response) => {
    request.resume();
    response.setHeader('Content-Type', request.url === '/cat.png' ? 'image/png' : 'application/pdf');
    response.end(request.url === '/cat.png' ? pixel : '%PDF-1.4 a menu');
  }).listen(0, '127.0.0.1');
  t.after(() => app.close());
  await once(app, 'listening');
  const base = `http://127.0.0.1:${app.address().port}`;
  const sent = await server.messages('', 'POST', [['From', server.number], ['To', await server.newHandset('+14155551111')], ['MediaUrl', `${base}/cat.png`], ['MediaUrl', `${base}/menu.pdf`]]);
  assert.equal(sent.status, 201, sent.text);
  for (const path of ['/handsets?open=%2B14155551111', `/logs/messages/${sent.json.sid}`]) {
    const page = await browser.page(`${server.url}${path}`);
    const picture = page.getByRole('img', { name: /^Attached/ }).first();
    await picture.waitFor();
    await drawn(picture);
    // What is no picture is a link, not a broken one.
    await page.getByRole('link', { name: /^application\/pdf/ }).first().waitFor();
    assert.equal(await page.getByRole('img', { name: 'Attached application/pdf' }).count(), 0);
    assert.deepEqual(page.problems, []);
    await page.close();
  }
});

test('handsets: pictures are picked, pasted and dropped, several in one message, and seen in the bubble and the log', async () => {
  const number = await server.newHandset('+14155552222');
  await browser.visit(`${server.url}/handsets?open=${encodeURIComponent(number)}`, async (page) => {
    const phone = page.getByRole('region', { name: new RegExp(`\\${number}$`) });
    const line = phone.getByLabel('Message', { exact: true });
    const hand = (kind, name, size) => line.evaluate((element, given) => {
      const data = new DataTransfer();
      const bytes = given.size ? new Uint8Array(given.size) : Uint8Array.from(atob(given.pixel), (each) => each.charCodeAt(0));
      data.items.add(new File([bytes], given.name, { type: 'image/png' }));
      element.dispatchEvent(given.kind === 'paste' ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }) : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }, { kind, name, size, pixel: pixel.toString('base64') });
    await phone.getByLabel('To', { exact: true }).fill(server.number);
    await phone.getByRole('button', { name: 'Attach pictures' }).click();
    await page.getByLabel('Picture files').setInputFiles([{ name: 'one.png', mimeType: 'image/png', buffer: pixel }]);
    await hand('paste', 'two.png');
    await hand('drop', 'three.png');
    const attached = phone.getByRole('list', { name: 'Attached' });
    assert.equal(await attached.getByRole('listitem').count(), 3);
    await attached.getByRole('button', { name: 'Without two.png' }).click();
    await line.fill('Look at these');
    await phone.getByRole('button', { name: 'Send' }).click();
    const bubble = phone.getByRole('log', { name: 'Conversation' });
    await bubble.getByText('Look at these').waitFor();
    assert.equal(await bubble.getByRole('img', { name: 'Attached image/png' }).count(), 2);
    await drawn(bubble.getByRole('img').first());
    assert.equal(await attached.count(), 0);
    await bubble.getByRole('link', { name: 'Log entry' }).click();
    await page.getByRole('heading', { name: 'Its life' }).waitFor();
    assert.equal(await page.getByRole('img', { name: 'Attached image/png' }).count(), 2);
    await page.goBack();

    // What the network does not carry is said where it was to be sent, and the message is still there.
    await hand('paste', 'large.png', 5_500_000);
    await phone.getByRole('button', { name: 'Send' }).click();
    await phone.getByRole('alert').getByText(/larger than 5000000 bytes/).waitFor();
    assert.equal(await attached.getByRole('listitem').count(), 1);
    await hand('paste', 'huge.png', 17_000_000);
    await phone.getByRole('alert').getByText('huge.png is too large').waitFor();
    await attached.getByRole('button', { name: 'Without large.png' }).click();
  });
});

test('handsets: a number that comes late does not get between what is written', async () => {
  const number = await server.newHandset('+14155554444');
  const page = await browser.page();
  let release;
  const released = new Promise((done) => { release = done; });
  await page.route('**/IncomingPhoneNumbers**', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(`${server.url}/handsets?open=${encodeURIComponent(number)}`);
  const to = page.getByRole('region', { name: new RegExp(`\\${number}$`) }).getByLabel('To', { exact: true });
  await to.focus();
  release();
  await page.getByRole('option', { name: server.number }).waitFor();
  await page.keyboard.type('+14155550000');
  assert.equal(await to.inputValue(), '+14155550000');
  await page.close();
});

test('handsets: one is removed only after asking', async () => {
  const number = await server.newHandset('+14155553333');
  await browser.visit(`${server.url}/handsets?open=${encodeURIComponent(number)}`, async (page) => {
    const phone = page.getByRole('region', { name: new RegExp(`\\${number}$`) });
    const ask = async () => {
      await phone.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Remove this handset…' }).click();
    };
    await ask();
    await phone.getByRole('button', { name: 'Keep it' }).click();
    await phone.getByRole('alert').waitFor({ state: 'detached' });
    await ask();
    await phone.getByRole('button', { name: 'Remove it' }).click();
    await phone.waitFor({ state: 'detached' });
  });
  assert.equal((await server.control('GET', '/handsets')).json.handsets.some((each) => each.number === number), false);
});
