// A newcomer's long walk through the console: a message, an answer, a function that answers, what it did in the log, how
// it breaks, and how that is found and mended. Everything is done in the browser.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, seriousProblems } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), Browser.start()]); });
after(async () => { await browser?.stop(); await server?.stop(); });

const answering = (text) => `exports.handler = (context, event, callback) => {
  console.log('asked by ' + event.From);
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(\`${text} \${event.Body}\`);
  callback(null, twiml);
};`;
const breaking = `exports.handler = (context, event, callback) => {
  throw new Error('the kitchen is on fire');
};`;

test('from the first message to a function that breaks and is mended', { timeout: 240_000 }, async () => {
  const page = await browser.page(`${server.url}/`);
  page.setDefaultTimeout(30_000);
  const go = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const calm = async () => assert.deepEqual(await seriousProblems(page), [], page.url());
  const phone = page.getByRole('region', { name: `My phone ${server.handset}` });
  const write = async (text) => {
    await phone.getByLabel('Message', { exact: true }).fill(text);
    await phone.getByRole('button', { name: 'Send' }).click();
  };

  // A message to the handset, sent from the explorer as an app would; the phone answers.
  await go('API explorer');
  await page.getByLabel('Find an operation').fill('api_v2010 create message');
  await page.getByRole('button', { name: /Create message/ }).first().click();
  await page.getByRole('combobox', { name: 'To' }).fill(server.handset);
  await page.getByRole('combobox', { name: 'From' }).fill(server.number);
  await page.getByRole('textbox', { name: 'Body' }).fill('Welcome aboard');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('status').filter({ hasText: '201' }).waitFor();
  await go('Handsets');
  await phone.getByText('Welcome aboard').waitFor();
  await write('Thank you!');
  await phone.getByRole('log').getByText('Thank you!').waitFor();

  // A function that answers, written and deployed.
  await go('Functions & Assets');
  await page.getByRole('button', { name: 'New service' }).first().click();
  await page.getByLabel('Name').fill('answers');
  await page.getByRole('button', { name: 'Make the service' }).click();
  await page.getByText('Nothing here yet').waitFor();
  await calm();
  await page.getByRole('button', { name: 'New function' }).click();
  await page.getByRole('dialog').getByLabel('Path').fill('/sms');
  await page.getByRole('button', { name: 'Make it' }).click();
  const code = page.getByLabel('Code of /sms');
  await code.waitFor();
  await code.fill(answering('You said:'));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Deploy to make it live').waitFor();
  await page.getByRole('button', { name: 'Deploy all' }).click();
  await page.getByText(/^Live at answers-\d+-dev\.twil\.io/).waitFor({ timeout: 120_000 });
  await page.getByRole('tab', { name: 'Call' }).click();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.getByLabel('answer', { exact: true }).getByText('You said: Hello').waitFor({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'Logs' }).click();
  await page.getByRole('log', { name: 'Logs' }).getByText('asked by +15558675310').waitFor();
  await calm();

  // The number is pointed at it.
  await go('Phone numbers');
  await page.getByRole('link', { name: '+1 501 712 2661' }).click();
  await page.getByRole('combobox', { name: 'When a message comes in' }).click();
  await page.getByRole('option', { name: 'Function' }).click();
  await page.getByRole('combobox', { name: 'Function', exact: true }).click();
  await page.getByRole('option', { name: /\/sms/ }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The number is saved').waitFor();

  // It is texted, and answers on the handset.
  await go('Handsets');
  await write('a table for two');
  await phone.getByText('You said: a table for two').waitFor({ timeout: 60_000 });
  await calm();

  // All of it is in the log.
  await go('Messages');
  const table = page.getByRole('table', { name: 'Messages' });
  await table.getByText('You said: a table for two').waitFor();
  await page.getByRole('combobox', { name: 'Direction' }).click();
  await page.getByRole('option', { name: 'Incoming' }).click();
  await table.getByRole('row').filter({ hasText: /a table for twoIncoming/ }).getByRole('link').click();
  await page.getByText('Asked for an answer').waitFor();
  await page.getByText('You said: a table for two').first().waitFor();
  await calm();

  // It breaks, and the debugger tells.
  const edit = async (text) => {
    await go('Functions & Assets');
    await page.getByRole('link', { name: 'answers' }).click();
    await code.fill(text);
    await Promise.all([
      page.waitForResponse((response) => /\/Deployments$/.test(response.url()) && response.request().method() === 'POST', { timeout: 120_000 }),
      page.getByRole('button', { name: 'Deploy all' }).click(),
    ]);
  };
  await edit(breaking);
  await go('Handsets');
  await write('anybody there?');
  await phone.getByRole('log').getByText('anybody there?').waitFor();
  await go('Debugger');
  const alert = page.getByRole('article').filter({ hasText: '.twil.io/sms' });
  await alert.first().getByRole('link').click();
  await page.getByRole('heading', { name: 'What to do' }).waitFor();
  await page.getByText('the kitchen is on fire').first().waitFor();
  await calm();

  // It is mended.
  await edit(answering('All is well again:'));
  await go('Handsets');
  await write('really?');
  await phone.getByText('All is well again: really?').waitFor({ timeout: 60_000 });
  assert.deepEqual(page.problems, []);
});
