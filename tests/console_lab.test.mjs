// The lab in the console, in a real browser. Each test has a program of its own, for all of the lab concerns the whole of it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let browser;
before(async () => { browser = await Browser.start(); });
after(() => browser?.stop());

/** A test with a program and its lab's page. */
function inLab(name, use) {
  test(name, async (t) => {
    const server = await Server.start();
    try {
      await browser.visit(`${server.url}/lab`, (page) => use(page, server, t));
    } finally {
      await server.stop();
    }
  });
}

const timeOf = async (server) => Date.parse((await server.control('GET', '/clock')).json.time);

inLab('the clock is held, forwarded, set, and let run', async (page, server) => {
  await page.getByText('Held', { exact: true }).click();
  await page.getByRole('link', { name: /Clock held at/ }).waitFor();
  const before = await timeOf(server);
  const message = await server.messages('', 'POST', { From: server.number, To: server.handset, Body: 'Hi', MessagingServiceSid: '' });
  assert.equal(message.status, 201);
  await page.getByLabel('Forward by').fill('7d');
  await page.getByRole('button', { name: 'Forward', exact: true }).click();
  await server.event('clock.advanced');
  assert.equal(await timeOf(server) - before, 7 * 24 * 3600 * 1000);
  await page.getByLabel('Forward by').fill('soon');
  await page.getByRole('button', { name: 'Forward', exact: true }).click();
  await page.getByRole('alert').getByText('by must be like 90s, 15m, 2h or 7d').waitFor();
  await page.getByLabel('Set to').fill('2031-02-03T04:05:06');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await server.event('clock.set');
  assert.equal(await timeOf(server), new Date('2031-02-03T04:05:06').getTime());
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await page.getByText('Running', { exact: true }).first().click();
  await server.event('clock.resumed');
  await page.getByRole('link', { name: /Clock held at/ }).waitFor({ state: 'detached' });
});

inLab('the automatic clock brings a scheduled message at once', async (page, server) => {
  const service = (await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'Later' } })).json.sid;
  const { json } = await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers.json`);
  await server.request('messaging', 'POST', `/v1/Services/${service}/PhoneNumbers`, { form: { PhoneNumberSid: json.incoming_phone_numbers[0].sid } });
  const at = new Date(await timeOf(server) + 3 * 24 * 3600 * 1000).toISOString();
  const sent = await server.messages('', 'POST', { MessagingServiceSid: service, To: server.handset, Body: 'In three days', ScheduleType: 'fixed', SendAt: at });
  assert.equal(sent.status, 201, sent.text);
  await page.getByText('Automatic', { exact: true }).click();
  await page.getByRole('link', { name: /Clock jumps by itself/ }).waitFor();
  await server.waitForMessage(server.handset, { contains: 'In three days' });
  await server.event('clock.jumped');
});

inLab('faults strike messages and webhooks, tell how often, and are removed', async (page, server, t) => {
  const app = http.createServer((request, response) => { request.resume(); response.setHeader('Content-Type', 'text/xml'); response.end('<Response/>'); }).listen(0, '127.0.0.1');
  t.after(() => app.close());
  await once(app, 'listening');
  await page.getByLabel('Error code').fill('abc');
  await page.getByRole('button', { name: 'Set the fault' }).click();
  await page.getByRole('alert').getByText('Error 20001').waitFor();
  await page.getByLabel('Error code').fill('30005');
  await page.getByLabel('Only to').fill(server.handset.slice(0, 5) + '*');
  await page.getByRole('button', { name: 'Set the fault' }).click();
  await page.getByRole('cell', { name: 'fail, code 30005, 1×' }).waitFor();
  const sent = await server.messages('', 'POST', { From: server.number, To: server.handset, Body: 'Hi' });
  await server.event('message.undelivered', (each) => each.subject === sent.json.sid && each.data.error_code === 30005);
  await page.getByRole('cell', { name: '1 of 1' }).waitFor();

  await page.getByRole('combobox', { name: 'What goes wrong' }).click();
  await page.getByRole('option', { name: 'Webhooks are answered with a status' }).click();
  await page.getByRole('button', { name: 'Set the fault' }).click();
  await page.getByRole('alert').getByText('status needs status, such as 503').waitFor();
  await page.getByLabel('HTTP status').fill('503');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByLabel('Let go first').fill('1');
  await page.getByRole('button', { name: 'Set the fault' }).click();
  const row = page.getByRole('row', { name: /status, status 503, after 1, 1× all webhooks/ });
  await row.waitFor();
  const number = await server.newNumber({ SmsUrl: `http://127.0.0.1:${app.address().port}/sms` });
  for (const [text, code] of [['One', null], ['Two', '11200']]) {
    const { sid } = await server.text(server.handset, number.phone_number, text);
    assert.equal((await server.alertsOf(sid))[0]?.error_code ?? null, code);
  }
  await row.getByRole('cell', { name: '1 of 2' }).waitFor();
  await row.getByRole('button', { name: 'Remove' }).click();
  await row.waitFor({ state: 'detached' });
  await server.control('POST', '/faults', { json: { script: [{ do: 'twice' }, { do: 'pass' }] } });
  await page.getByRole('cell', { name: 'in turn: twice, pass' }).waitFor();
  await page.getByRole('button', { name: 'Remove all' }).click();
  await page.getByText('No fault is set').waitFor();
  assert.deepEqual((await server.control('GET', '/faults')).json.faults, []);
});

inLab('the state is kept, begun anew after asking, and brought back', async (page, server) => {
  await server.text(server.handset, server.number, 'Before the demo');
  const snapshots = page.getByRole('region', { name: 'Snapshots' });
  await snapshots.getByLabel('Name').fill('not/a name');
  await snapshots.getByRole('button', { name: 'Keep', exact: true }).click();
  await snapshots.getByRole('alert').getByText('name must be 1 to 64 letters').waitFor();
  await snapshots.getByLabel('Name').fill('before');
  await snapshots.getByRole('button', { name: 'Keep', exact: true }).click();
  await page.getByText('Kept as before').waitFor();
  await page.getByRole('button', { name: 'Reset…' }).click();
  await page.getByText('all messages, all numbers').waitFor();
  assert.equal((await server.messages()).json.messages.length, 1, 'nothing is gone before it is said so');
  await page.getByRole('button', { name: 'Delete all that' }).click();
  await page.getByText('All is as after the first start').waitFor();
  assert.equal((await server.messages()).json.messages.length, 0);
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await snapshots.getByText('This replaces all that is there now').waitFor();
  assert.equal((await server.messages()).json.messages.length, 0, 'nothing is replaced before it is said so');
  await page.getByRole('button', { name: 'Replace all with it' }).click();
  await page.getByText('Back to before').waitFor();
  assert.equal((await server.messages()).json.messages[0].body, 'Before the demo');
  await snapshots.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('None is kept yet').waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Messages', exact: true }).click();
  await page.getByRole('table').getByText('Before the demo').waitFor();
});

inLab('a tenant is made with credentials of its own, and removed', async (page, server) => {
  const tenants = page.getByRole('region', { name: 'Tenants', exact: true });
  await tenants.getByLabel('Name').fill('One <b>test</b>');
  await tenants.getByRole('button', { name: 'Make a tenant' }).click();
  const row = tenants.getByRole('row', { name: /One <b>test<\/b>/ });
  await row.waitFor();
  const [{ sid, auth_token: token, number }] = (await server.control('GET', '/tenants')).json.tenants;
  const listed = await server.request('api', 'GET', `/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers.json`, { auth: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` });
  assert.equal(listed.json.incoming_phone_numbers[0].phone_number, number);
  await row.getByRole('button', { name: 'Remove' }).click();
  await tenants.getByText('There is none now').waitFor();
});

inLab('a mailbox shows the codes that came by mail, also the next one', async (page, server) => {
  const client = server.twilio();
  const service = await client.verify.v2.services.create({ friendlyName: 'Owl' });
  await server.control('POST', `/verify-services/${service.sid}`, { json: { mailer: { from: 'codes@owl.example', from_name: 'Owl <b>Bank</b>' } } });
  const box = page.getByLabel('Mail address');
  await box.fill('ada@example.com');
  await box.press('Enter');
  await page.getByText('Nothing came to ada@example.com yet.').waitFor();
  await client.verify.v2.services(service.sid).verifications.create({ to: 'ada@example.com', channel: 'email' });
  await page.getByText(/^Your Owl verification code is: [0-9]{6}$/).waitFor();
  await page.getByText('From Owl <b>Bank</b>, codes@owl.example').waitFor();
});

inLab('messages that the API refuses', async (page, server) => {
  await page.getByRole('combobox', { name: 'What goes wrong' }).click();
  await page.getByRole('option', { name: 'Messages are refused by the API' }).click();
  await page.getByLabel('Error code').fill('21618');
  await page.getByRole('button', { name: 'Set the fault' }).click();
  await page.getByText(/refuse, code 21618/).waitFor();
  await assert.rejects(server.twilio().messages.create({ to: server.handset, from: server.number, body: 'x' }), { code: 21618, status: 400 });
});
