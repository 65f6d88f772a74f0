// Messaging services in the console, from the first sender to somebody who wants no more messages.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
let hooks;
before(async () => { [server, browser, hooks] = await Promise.all([Server.start(), Browser.start(), Hooks.start()]); });
after(async () => { await browser?.stop(); await server?.stop(); await hooks?.close(); });

const send = (service, Body, more = {}) => server.messages('', 'POST', { MessagingServiceSid: service, To: server.handset, Body, ...more });

test('a service with two senders sends; who texts STOP is answered, and the next message fails with 21610', async () => {
  const second = await server.newNumber({ AreaCode: '501' });
  let sid;
  await browser.visit(`${server.url}/services`, async (page) => {
    await page.getByRole('button', { name: 'New messaging service' }).first().click();
    await page.getByLabel('Name').fill('Order updates');
    await page.getByRole('button', { name: 'Make the service' }).click();
    await page.getByRole('heading', { name: 'Order updates' }).waitFor();
    sid = page.url().split('/').at(-1);
    await page.getByText('No sender yet').waitFor();
    const senders = page.getByRole('region', { name: 'Senders' });
    for (const number of [server.number, second.phone_number]) {
      await senders.getByRole('combobox', { name: 'Add a number' }).click();
      await page.getByRole('option', { name: new RegExp(`${number.slice(-4)}$`) }).click();
      await senders.getByRole('button', { name: 'Add', exact: true }).click();
      await senders.getByRole('button', { name: `Take out ${number}` }).waitFor();
    }
    await page.getByText('Words and answers of your own').waitFor();
    await page.getByText('STOP, STOPALL, UNSUBSCRIBE').waitFor();
  });
  const sent = await send(sid, 'Your order is on its way');
  assert.equal(sent.status, 201, sent.text);
  const message = await server.waitForMessage(server.handset, { contains: 'on its way' });
  assert.ok([server.number, second.phone_number].includes(message.from));
  const page = await browser.page(`${server.url}/handsets`);
  const phone = page.getByRole('region', { name: `My phone ${server.handset}` });
  await phone.getByText('Your order is on its way').waitFor();
  await phone.getByLabel('Message', { exact: true }).fill('STOP');
  await phone.getByRole('button', { name: 'Send' }).click();
  await phone.getByText(/unsubscribed/).waitFor();
  const refused = await send(sid, 'One more');
  assert.equal(refused.status, 400);
  assert.equal(refused.json.code, 21610);
  // The same in the explorer, as a developer would meet it.
  await page.goto(`${server.url}/explorer?document=api_v2010&operation=CreateMessage`);
  await page.getByLabel(/^All \d+ optional parameters$/).check();
  await page.getByRole('combobox', { name: 'To', exact: true }).fill(server.handset);
  await page.getByRole('textbox', { name: 'MessagingServiceSid' }).fill(sid);
  await page.getByRole('textbox', { name: 'Body', exact: true }).fill('One more');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByLabel('answer', { exact: true }).getByText('21610').first().waitFor();
  await page.goto(`${server.url}/handsets`);
  await phone.getByLabel('Message', { exact: true }).fill('START');
  await phone.getByRole('button', { name: 'Send' }).click();
  await phone.getByText(/resubscribed|re-subscribed/).waitFor();
  assert.equal((await send(sid, 'Welcome back')).status, 201);
  await phone.getByText('Welcome back').waitFor();
  assert.deepEqual(page.problems, []);
  await page.close();
});

test('settings, short codes and names, and words of its own', async () => {
  const { sid } = (await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'News' } })).json;
  const number = await server.newNumber();
  await server.request('messaging', 'POST', `/v1/Services/${sid}/PhoneNumbers`, { form: { PhoneNumberSid: number.sid } });
  await server.control('POST', '/short-codes', { json: { short_code: '55512' } });
  await browser.visit(`${server.url}/services/${sid}`, async (page) => {
    const senders = page.getByRole('region', { name: 'Senders' });
    await senders.getByText('Short code', { exact: true }).click();
    await senders.getByRole('combobox', { name: 'Add a short code' }).click();
    await page.getByRole('option', { name: '55512' }).click();
    await senders.getByRole('button', { name: 'Add', exact: true }).click();
    await senders.getByRole('row', { name: /55512 Short code/ }).waitFor();
    await senders.getByText('Name', { exact: true }).click();
    await senders.getByLabel('Alphanumeric sender').fill('12345');
    await senders.getByRole('button', { name: 'Add', exact: true }).click();
    await senders.getByRole('alert').getByText('Error 21709').waitFor();
    await senders.getByLabel('Alphanumeric sender').fill('NEWS');
    await senders.getByRole('button', { name: 'Add', exact: true }).click();
    await senders.getByRole('row', { name: /NEWS Alphanumeric/ }).waitFor();

    await page.getByText('The same for all').click();
    await page.getByLabel('URL').fill(hooks.on('/inbound', '<Response><Message>One moment</Message></Response>'));
    await page.getByLabel('Validity period').fill('90000');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText(/^Error \d+/).waitFor();
    await page.getByLabel('Validity period').fill('600');
    await page.getByRole('switch', { name: 'Sticky sender' }).uncheck();
    await page.getByRole('switch', { name: 'Area code geomatch' }).uncheck();
    await page.getByRole('combobox', { name: 'Scan message content' }).click();
    await page.getByRole('option', { name: 'Do not scan' }).click();
    await page.getByRole('combobox', { name: 'Use case' }).click();
    await page.getByRole('option', { name: 'notifications' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The service is saved').waitFor();
    const saved = (await server.request('messaging', 'GET', `/v1/Services/${sid}`)).json;
    assert.deepEqual([saved.inbound_request_url, saved.validity_period, saved.sticky_sender, saved.area_code_geomatch, saved.smart_encoding, saved.use_inbound_webhook_on_number, saved.scan_message_content, saved.usecase],
      [hooks.url('/inbound'), 600, false, false, true, false, 'disable', 'notifications']);

    const links = page.getByRole('region', { name: 'Short links' });
    await links.getByLabel('The first domain').fill('not a domain');
    await links.getByRole('button', { name: 'Add it' }).click();
    await links.getByRole('alert').getByText(/^Error \d+/).waitFor();
    await links.getByLabel('The first domain').fill('links.example.com');
    await links.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('Its links become short ones on that domain').waitFor();
    const domain = (await server.control('GET', '/link-domains')).json.domains[0];
    assert.equal((await server.request('messaging', 'GET', `/v1/LinkShortening/MessagingServices/${sid}/Domain`)).json.domain_sid, domain.sid);

    await page.getByRole('switch', { name: 'Advanced Opt-Out' }).click();
    const stop = page.getByRole('group', { name: 'To opt out' });
    await stop.locator('input').first().fill('basta');
    await stop.locator('input').first().press('Enter');
    await stop.getByLabel('Answer to STOP').fill('As you wish.');
    await page.getByRole('button', { name: 'Save the words' }).click();
    await page.getByText('Words and answers are saved').waitFor();
  });
  // The short code goes first; what is texted to the number is answered by the service's webhook.
  const phone = await server.newHandset();
  assert.equal((await send(sid, 'Hello', { To: phone })).status, 201);
  assert.equal((await server.waitForMessage(phone, { contains: 'Hello' })).from, '55512');
  await server.text(phone, number.phone_number, 'What is new?');
  await server.waitForMessage(phone, { from: number.phone_number, contains: 'One moment' });
  await server.text(phone, number.phone_number, 'Basta');
  await server.waitForMessage(phone, { from: number.phone_number, contains: 'As you wish.' });
  assert.equal((await send(sid, 'More', { To: phone })).json.code, 21610);

  // The number's page says who decides, and takes it out of the service.
  await browser.visit(`${server.url}/numbers/${number.sid}`, async (page) => {
    await page.getByRole('note').getByText('News decides what happens to messages').waitFor();
    await page.getByRole('textbox', { name: 'Messaging service' }).or(page.getByRole('combobox', { name: 'Messaging service' })).first().click();
    await page.getByRole('option', { name: 'News' }).click();
    await page.getByText('The number is in no service now').waitFor();
    await page.getByRole('note').waitFor({ state: 'detached' });
  });
  const left = (await server.request('messaging', 'GET', `/v1/Services/${sid}/PhoneNumbers`)).json.phone_numbers;
  assert.deepEqual(left, []);
});
