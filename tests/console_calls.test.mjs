// Calls in the console, which are recorded and not carried out yet; and flows, which are kept and not run yet.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), Browser.start()]); });
after(async () => { await browser?.stop(); await server?.stop(); });

const calls = (path, form) => server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Calls${path}.json`, { form });

test('the dashboard shows calls as they are made and change; each leads to what the API says of it', () => browser.visit(`${server.url}/`, async (page) => {
  const panel = page.getByRole('region', { name: 'Calls' });
  await panel.getByText('Calls are recorded, but not carried out yet').waitFor();
  await panel.getByText('No calls yet').waitFor();
  await page.getByRole('status', { name: 'Live' }).waitFor();
  const made = await calls('', { From: server.number, To: server.handset, Url: 'http://127.0.0.1:9/<b>voice</b>' });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.uri, `/2010-04-01/Accounts/${server.sid}/Calls/${made.json.sid}.json`);
  const row = panel.getByRole('log', { name: 'Newest calls' });
  await row.getByText('queued').waitFor();
  await row.getByText('Outgoing').waitFor();
  assert.equal((await calls(`/${made.json.sid}`, { Status: 'canceled' })).json.status, 'canceled');
  await row.getByText('canceled').waitFor();
  await calls('', { From: server.number, To: '<i>nobody</i>', Url: 'http://127.0.0.1:9/voice' });
  await row.getByText('<i>nobody</i>').waitFor();
  await panel.getByRole('link', { name: 'All calls' }).click();
  await page.getByRole('table', { name: 'Calls' }).getByText('canceled').waitFor();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'canceled' }).click();
  await page.getByText('<i>nobody</i>').waitFor({ state: 'detached' });
  await page.getByRole('table', { name: 'Calls' }).getByRole('link').click();
  await page.waitForURL(`**/logs/calls/${made.json.sid}`);
  await page.getByLabel('JSON of the call', { exact: true }).getByText(`"sid": "${made.json.sid}"`).waitFor();
  // By its SID and by its numbers the search finds it.
  await page.getByLabel('Search SIDs, numbers and texts').fill(made.json.sid);
  await page.getByRole('option', { name: /Call/ }).click();
  await page.getByLabel('Search SIDs, numbers and texts').fill(server.handset);
  await page.getByRole('option', { name: /^Call / }).first().waitFor();
  await page.keyboard.press('Escape');
}));

test('a call that does not exist is told of, and no status leaves the reader alone', async () => {
  await browser.visit(`${server.url}/logs/calls/CA00000000000000000000000000000000`, async (page) => {
    await page.getByRole('alert').getByText('Error 20404').waitFor();
  });
  await browser.visit(`${server.url}/logs/calls?status=busy`, async (page) => {
    await page.getByText('No call has this status').waitFor();
    await page.getByRole('button', { name: 'Without filter' }).click();
  });
});

test('a number is pointed at a Studio flow; a text to it is not silently lost', async () => {
  const flow = (await server.request('studio', 'POST', '/v2/Flows', { form: { FriendlyName: 'Menu', Status: 'published', Definition: JSON.stringify({ description: 'Menu', states: [], initial_state: 'Trigger' }) } })).json;
  const number = await server.newNumber();
  const url = `https://webhooks.twilio.com/v1/Accounts/${server.sid}/Flows/${flow.sid}`;
  await browser.visit(`${server.url}/numbers/${number.sid}`, async (page) => {
    for (const what of ['a message', 'a call']) {
      const part = page.getByRole('group', { name: `What happens when ${what} comes in` });
      await part.getByRole('combobox', { name: `When ${what} comes in` }).click();
      await page.getByRole('option', { name: 'Studio flow' }).click();
      await part.getByText('Flows are kept, but not run yet').waitFor();
      if (what === 'a message') {  // half a choice
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByRole('alert').getByText('Choose the Studio flow that a message is for').waitFor();
      }
      await part.getByRole('combobox', { name: 'Studio flow' }).click();
      await page.getByRole('option', { name: 'Menu' }).click();
    }
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The number is saved').waitFor();
    await page.reload();
    const part = page.getByRole('group', { name: 'What happens when a call comes in' });
    await part.getByRole('combobox', { name: 'Studio flow' }).waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('input')].filter((each) => each.value === 'Menu').length === 2);
  });
  const kept = (await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers/${number.sid}.json`)).json;
  assert.deepEqual([kept.sms_url, kept.voice_url], [url, url]);
  const text = await server.text(server.handset, number.phone_number, 'Hello?');
  const [alert] = await server.alertsOf(text.sid);
  assert.equal(alert.error_code, '11200');
  assert.match(alert.dialtone.message, /Studio flows are not run yet/);
  assert.match(alert.dialtone.explanation, /choose a webhook, a function or a TwiML Bin/);
  assert.match(alert.response_body, /Studio flows are kept here, but not run yet/);
  await browser.visit(`${server.url}/debugger`, async (page) => { await page.getByRole('article').filter({ hasText: 'Studio flows are not run yet' }).waitFor(); });
  // The fallback is asked in its place.
  const bin = (await server.control('POST', '/bins', { json: { friendly_name: 'Instead', twiml: '<Response><Message>In place of the flow</Message></Response>' } })).json;
  const spare = await server.newNumber({ SmsUrl: url, SmsFallbackUrl: bin.url });
  await server.text(server.handset, spare.phone_number, 'Hello?');
  assert.equal((await server.waitForMessage(server.handset, { from: spare.phone_number })).body, 'In place of the flow');
  // What is no flow's address is not found, as before.
  assert.equal((await server.request('webhooks', 'POST', '/v1/Other', {})).status, 404);
});

test('what happens on a call is kept in its fields, for each kind of choice, and read back', async () => {
  const number = await server.newNumber();
  const application = (await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Applications.json`, { form: { FriendlyName: 'Switchboard' } })).json;
  const bin = (await server.control('POST', '/bins', { json: { friendly_name: 'Hello there', twiml: '<Response><Say>Hello</Say></Response>' } })).json;
  const fetched = async () => (await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers/${number.sid}.json`)).json;
  await browser.visit(`${server.url}/numbers/${number.sid}`, async (page) => {
    const part = page.getByRole('group', { name: 'What happens when a call comes in' });
    const save = async () => {
      await Promise.all([page.waitForResponse((response) => response.request().method() === 'POST' && response.url().includes('/IncomingPhoneNumbers/')), page.getByRole('button', { name: 'Save', exact: true }).click()]);
      await page.reload();
    };
    const choose = async (label, option) => {
      await part.getByRole('combobox', { name: label, exact: true }).click();
      await page.getByRole('option', { name: option }).click();
    };
    await choose('When a call comes in', 'Webhook');
    await part.getByLabel('URL').fill('http://127.0.0.1:9/voice');
    await choose('Method', 'GET');
    await part.getByLabel('When that fails').fill('http://127.0.0.1:9/broken');
    await page.getByLabel('Tell how calls go (status callback)').fill('http://127.0.0.1:9/status');
    await page.getByRole('combobox', { name: 'Status method' }).click();
    await page.getByRole('option', { name: 'GET' }).click();
    await save();
    let kept = await fetched();
    assert.deepEqual([kept.voice_url, kept.voice_method, kept.voice_fallback_url, kept.voice_fallback_method, kept.status_callback, kept.status_callback_method],
      ['http://127.0.0.1:9/voice', 'GET', 'http://127.0.0.1:9/broken', 'POST', 'http://127.0.0.1:9/status', 'GET']);
    await part.getByRole('combobox', { name: 'When a call comes in' }).waitFor();
    assert.equal(await part.getByLabel('URL').inputValue(), 'http://127.0.0.1:9/voice');

    await choose('When a call comes in', 'TwiML application');
    await choose('TwiML application', 'Switchboard');
    await save();
    kept = await fetched();
    assert.deepEqual([kept.voice_application_sid, kept.voice_url], [application.sid, '']);
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some((each) => each.value === 'Switchboard'));

    await choose('When a call comes in', 'TwiML Bin');
    await choose('TwiML Bin', 'Hello there');
    await save();
    kept = await fetched();
    assert.deepEqual([kept.voice_application_sid ?? '', kept.voice_url], ['', bin.url]);
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some((each) => each.value === 'Hello there'));
    // A bin that is gone is not shown as another.
    await server.control('DELETE', `/bins/${bin.sid}`);
    await page.reload();
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some((each) => each.value.endsWith('(not there any more)')));
    assert.equal(await part.getByLabel('TwiML', { exact: true }).count(), 0);
  });
});
