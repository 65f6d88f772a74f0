// The console in a real browser: each page's main use, and what axe says of it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Browser, seriousProblems } from './support/browser.mjs';
import { newBuild, newEnvironment, newService, rest } from './support/deploy.mjs';
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

test('numbers: search, get, point at a TwiML Bin written in place; a text is answered', () => visit('/numbers', async (page) => {
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
  await visit(`/numbers/${number.sid}`, async (page) => {
    await page.getByRole('combobox', { name: 'When a call comes in' }).click();
    await page.getByRole('option', { name: 'Webhook' }).click();
    await page.getByLabel('URL').fill('not an address');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText(/^Error \d+/).waitFor();
    await page.getByRole('button', { name: 'Release this number' }).click();
    await page.getByRole('button', { name: 'Release it' }).click();
    await page.getByText('The number is released').waitFor();
  });
  const gone = await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers/${number.sid}.json`);
  assert.equal(gone.status, 404);
  await visit('/numbers/applications', async (page) => {
    await page.getByRole('button', { name: 'New TwiML application' }).first().click();
    await page.getByLabel('Name').fill('My app');
    await page.getByRole('combobox', { name: 'When a message comes in' }).click();
    await page.getByRole('option', { name: 'Webhook' }).click();
    await page.getByLabel('URL').fill('http://127.0.0.1:9/app');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('row', { name: /My app/ }).getByText('http://127.0.0.1:9/app').waitFor();
  });
  await visit('/numbers/verified', async (page) => { await page.getByRole('cell', { name: 'My phone' }).waitFor(); });
});

test('search: a text leads to its message, by keyboard alone', () => visit('/', async (page) => {
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

test('lab: the clock is held, forwarded and let run; a fault strikes', async () => {
  const other = await Server.start();
  try {
    const page = await browser.page(`${other.url}/lab`);
    await page.getByRole('button', { name: 'Hold it' }).click();
    await page.getByRole('link', { name: /Clock held at/ }).waitFor();
    const before = Date.parse((await other.control('GET', '/clock')).json.time);
    await page.getByLabel('Forward by').fill('7d');
    await page.getByRole('button', { name: 'Forward', exact: true }).click();
    await other.event('clock.advanced');
    assert.equal(Date.parse((await other.control('GET', '/clock')).json.time) - before, 7 * 24 * 3600 * 1000);
    await page.getByRole('button', { name: 'Let it run' }).click();
    await page.getByRole('button', { name: 'Hold it' }).waitFor();
    await page.getByLabel('Error code').fill('30005');
    await page.getByRole('button', { name: 'Set the fault' }).click();
    await page.getByRole('cell', { name: /fail, code 30005/ }).waitFor();
    const sent = await other.messages('', 'POST', { From: other.number, To: other.handset, Body: 'Hi' });
    const failed = await other.event('message.undelivered', (each) => each.subject === sent.json.sid);
    assert.ok(failed);
    assert.deepEqual(await seriousProblems(page), []);
    assert.deepEqual(page.problems, []);
    await page.close();
  } finally {
    await other.stop();
  }
});

test('explorer: an operation is found, sent, and shown as code', () => visit('/explorer', async (page) => {
  await page.getByLabel('Find an operation').fill('api_v2010 create message');
  await page.getByRole('button', { name: /Create message POST|POST Create message/ }).first().click();
  await page.getByLabel('To', { exact: false }).first().waitFor();
  await page.getByRole('textbox', { name: 'To' }).fill(server.handset);
  await page.getByRole('textbox', { name: 'From' }).fill(server.number);
  await page.getByRole('textbox', { name: 'Body' }).fill("It's sent by hand");
  await page.getByLabel('curl code', { exact: true }).getByText(`--data-urlencode 'Body=It'\\''s sent by hand'`).waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('status').filter({ hasText: '201' }).waitFor();
  const message = await server.waitForMessage(server.handset, { contains: 'sent by hand' });
  await page.getByLabel('answer', { exact: true }).getByText(message.sid).first().waitFor();
}));

test('messaging services: made, given a sender, configured', () => visit('/services', async (page) => {
  await page.getByRole('button', { name: 'New messaging service' }).first().click();
  await page.getByLabel('Name').fill('Order updates');
  await page.getByRole('button', { name: 'Make the service' }).click();
  await page.getByRole('heading', { name: 'Order updates' }).waitFor();
  await page.getByRole('combobox', { name: 'Add a number' }).click();
  await page.getByRole('option', { name: '+1 501 712 2661' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'Take out' }).waitFor();
  await page.getByText('Ask one webhook').click();
  await page.getByLabel('URL').fill('http://127.0.0.1:9/inbound');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The service is saved').waitFor();
  const sid = page.url().split('/').at(-1);
  const saved = await server.request('messaging', 'GET', `/v1/Services/${sid}`);
  assert.equal(saved.json.inbound_request_url, 'http://127.0.0.1:9/inbound');
}));

test('functions: files, variables, packages, and back to a build that was', { timeout: 120_000 }, async () => {
  const service = await newService(server);
  const environment = await newEnvironment(server, service);
  const first = await newBuild(server, service, { functions: { '/hello': 'exports.handler = (context, event, callback) => callback(null, `first ${context.COLOUR}`);' } });
  const deploy = (build) => rest(server, 'POST', `/${service.sid}/Environments/${environment.sid}/Deployments`, { BuildSid: build.sid });
  await deploy(first);
  const second = await newBuild(server, service, { functions: { '/other': 'exports.handler = (context, event, callback) => callback(null, "second");' } });
  await deploy(second);
  await visit(`/functions/${service.sid}`, async (page) => {
    await page.getByRole('navigation', { name: 'Files of the service' }).getByRole('button', { name: '/hello' }).click();
    await page.getByLabel('Code of /hello').getByText('first').waitFor();
    await page.getByRole('tab', { name: 'Variables' }).click();
    await page.getByLabel('Variable name').fill('COLOUR');
    await page.getByLabel('Variable value').fill('green');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Remove COLOUR' }).waitFor();
    await page.getByRole('tab', { name: 'Call' }).click();
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByRole('status', { name: 'Answer' }).getByText('404').waitFor();
    await page.getByRole('tab', { name: 'Builds' }).click();
    await page.getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByText('That build is live').waitFor();
    await page.getByRole('tab', { name: 'Call' }).click();
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByLabel('answer', { exact: true }).getByText('first green').waitFor({ timeout: 60_000 });
    await page.getByRole('tab', { name: 'Packages' }).click();
    await page.getByLabel('Dependency name').fill('is-number');
    await page.getByLabel('Dependency value').fill('7.0.0');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Remove is-number' }).waitFor();
    await page.getByRole('button', { name: 'New asset' }).click();
    await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'logo text.txt', mimeType: 'text/plain', buffer: Buffer.from('a file') });
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('navigation', { name: 'Files of the service' }).getByRole('button', { name: '/logo-text.txt' }).waitFor();
  });
});

test('lab: the state is kept, begun anew after asking, and brought back', async () => {
  const other = await Server.start();
  try {
    await other.text(other.handset, other.number, 'Before the demo');
    const page = await browser.page(`${other.url}/lab`);
    await page.getByLabel('Name').fill('before');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByText('Kept as before').waitFor();
    await page.getByRole('button', { name: 'Reset…' }).click();
    await page.getByText('all messages and calls').waitFor();
    assert.deepEqual(await seriousProblems(page), []);
    assert.equal((await other.messages()).json.messages.length, 1, 'nothing is gone before it is said so');
    await page.getByRole('button', { name: 'Delete all that' }).click();
    await page.getByText('All is as after the first start').waitFor();
    assert.equal((await other.messages()).json.messages.length, 0);
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByText('Back to before').waitFor();
    assert.equal((await other.messages()).json.messages[0].body, 'Before the demo');
    await page.getByRole('navigation').getByRole('link', { name: 'Messages', exact: true }).click();
    await page.getByRole('table').getByText('Before the demo').waitFor();
    assert.deepEqual(page.problems, []);
    await page.close();
  } finally {
    await other.stop();
  }
});
