// Numbers, caller IDs, short codes, applications and messaging services in the console, in a real browser.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), Browser.start()]); });
after(async () => { await browser?.stop(); await server?.stop(); });

test('numbers: search, get, point at a TwiML Bin written in place; a text is answered', () => browser.visit(`${server.url}/numbers`, async (page) => {
  await page.getByRole('link', { name: 'Get a number' }).first().click();
  await page.getByLabel('Area code').fill('415');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('button', { name: /^Get it: \+1415/ }).first().click();
  await page.getByRole('heading', { name: /^\+1 415/ }).waitFor();
  const number = `+${(await page.getByRole('heading', { level: 1 }).textContent()).replace(/\D/g, '')}`;
  await page.getByRole('combobox', { name: 'When a message comes in' }).click();
  await page.getByRole('option', { name: 'TwiML Bin' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Greeting');
  await page.getByLabel('TwiML', { exact: true }).fill('<Response><Message>Hello {{From}}</Massage></Response>');
  await page.getByRole('status').filter({ hasText: 'Line 1' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Make the bin' }).isDisabled(), true);
  await page.getByLabel('TwiML', { exact: true }).fill('<Response><Message>Hello {{From}}</Message></Response>');
  await page.getByRole('button', { name: 'Make the bin' }).click();
  await page.getByRole('button', { name: 'Save the bin' }).waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The number is saved').waitFor();
  await server.text(server.handset, number, 'Hi');
  const reply = await server.waitForMessage(server.handset, { from: number });
  assert.equal(reply.body, `Hello ${server.handset}`);
  await page.getByRole('link', { name: 'All numbers' }).click();
  await page.getByRole('row', { name: new RegExp(number.slice(-4)) }).getByText('TwiML Bin').waitFor();
}));

test('numbers: released after asking; verified numbers and applications', async () => {
  const number = await server.newNumber();
  await browser.visit(`${server.url}/numbers/${number.sid}`, async (page) => {
    await page.getByRole('combobox', { name: 'When a call comes in' }).click();
    await page.getByRole('option', { name: 'Webhook' }).click();
    await page.getByLabel('URL').fill('not an address');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText(/^Error \d+/).waitFor();
    await page.getByRole('button', { name: 'Release this number' }).click();
    await page.getByRole('button', { name: 'Release it' }).click();
    await page.getByText('The number is released').waitFor();
    await page.getByRole('heading', { name: 'Phone numbers' }).waitFor();
  });
  const gone = await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers/${number.sid}.json`);
  assert.equal(gone.status, 404);
  await browser.visit(`${server.url}/numbers/applications`, async (page) => {
    await page.getByRole('button', { name: 'New TwiML application' }).first().click();
    await page.getByLabel('Name').fill('My app');
    await page.getByRole('combobox', { name: 'When a message comes in' }).click();
    await page.getByRole('option', { name: 'Webhook' }).click();
    await page.getByLabel('URL').fill('http://127.0.0.1:9/app');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('row', { name: /My app/ }).getByText('http://127.0.0.1:9/app').waitFor();
    // It has an address of its own, to which the search leads; and it goes after asking.
    const [{ sid }] = (await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/Applications.json`)).json.applications;
    await page.getByLabel('Search SIDs, numbers and texts').fill(sid);
    await page.getByRole('option', { name: /^Application/ }).click();
    await page.waitForURL(`**/numbers/applications?open=${sid}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Really remove' }).click();
    await page.getByText('No TwiML applications yet').waitFor();
  });
  await browser.visit(`${server.url}/numbers/verified`, async (page) => { await page.getByRole('cell', { name: 'My phone' }).waitFor(); });
});

test('numbers: that one is taken meanwhile is said at its row', () => browser.visit(`${server.url}/numbers/buy`, async (page) => {
  const get = page.getByRole('button', { name: /^Get it/ }).last();
  await get.waitFor();
  const [number] = /\+\d+/.exec(await get.getAttribute('aria-label'));
  assert.equal((await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers.json`, { form: { PhoneNumber: number } })).status, 201);
  await get.click();
  await page.getByRole('row').getByRole('alert').getByText(/^Error \d+/).waitFor();
}));

test('numbers: that a messaging service decides is told so that all can read it', async () => {
  const number = await server.newNumber();
  const { sid } = (await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'News <b>here</b>', UseInboundWebhookOnNumber: false } })).json;
  await server.request('messaging', 'POST', `/v1/Services/${sid}/PhoneNumbers`, { form: { PhoneNumberSid: number.sid } });
  await browser.visit(`${server.url}/numbers/${number.sid}`, async (page) => {
    await page.getByRole('note').getByText('News <b>here</b> decides what happens to messages').waitFor();
  });
});

test('caller IDs: the code is shown, arrives on the handset, and is entered there; the number is verified, and removed', async () => {
  const number = await server.newHandset();
  await browser.visit(`${server.url}/numbers/verified`, async (page) => {
    await page.getByLabel('Phone number', { exact: true }).fill('12');
    await page.getByRole('button', { name: 'Verify it' }).click();
    await page.getByRole('alert').getByText(/^Error \d+/).waitFor();
    await page.getByLabel('Phone number', { exact: true }).fill(number);
    await page.getByLabel('Name', { exact: true }).fill('The office');
    await page.getByRole('button', { name: 'Verify it' }).click();
    const told = page.getByRole('status').filter({ hasText: 'Validation code' });
    const code = /\d{6}/.exec(await told.textContent())[0];
    const message = await server.waitForMessage(number, { contains: code });
    assert.ok(message);
    await told.getByLabel('Code').fill(code === '000000' ? '111111' : '000000');
    await told.getByRole('button', { name: 'Enter the code' }).click();
    await told.getByRole('alert').getByText(/^Error \d+/).waitFor();
    await told.getByLabel('Code').fill(code);
    await told.getByRole('button', { name: 'Enter the code' }).click();
    const row = page.getByRole('row', { name: /The office/ });
    await row.waitFor();
    await row.getByRole('button', { name: `Remove ${number}` }).click();
    await row.waitFor({ state: 'detached' });
  });
});

test('short codes: got, pointed at a webhook, written to from a handset', () => browser.visit(`${server.url}/numbers/short-codes`, async (page) => {
  await page.getByLabel('Digits').fill('73737');
  await page.getByRole('button', { name: 'Get it' }).click();
  await page.getByText('73737 is yours').waitFor();
  await page.getByRole('button', { name: '73737', exact: true }).click();
  await page.getByRole('combobox', { name: 'When a message comes in' }).click();
  await page.getByRole('option', { name: 'Webhook' }).click();
  await page.getByLabel('URL').fill('http://127.0.0.1:9/code');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('row', { name: /73737/ }).getByText('http://127.0.0.1:9/code').waitFor();
  await page.getByLabel('Digits').fill('73737');
  await page.getByRole('button', { name: 'Get it' }).click();
  await page.getByRole('alert').getByText('Error 21422').waitFor();
}));
