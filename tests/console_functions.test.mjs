// Functions & Assets in the console, in a real browser.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { newBuild, newEnvironment, newService, rest } from './support/deploy.mjs';
import { Registry } from './support/registry.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), Browser.start()]); });
after(async () => { await browser?.stop(); await server?.stop(); });

test('functions: files, variables, packages, and back to a build that was', { timeout: 120_000 }, async () => {
  const service = await newService(server);
  const environment = await newEnvironment(server, service);
  const first = await newBuild(server, service, { functions: {
    '/hello': 'exports.handler = (context, event, callback) => callback(null, `first ${context.COLOUR}`);',
    '/secret': { text: 'exports.handler = (context, event, callback) => callback(null, `for Twilio only: ${event.Body}`);', visibility: 'protected' },
  } });
  const deploy = (build) => rest(server, 'POST', `/${service.sid}/Environments/${environment.sid}/Deployments`, { BuildSid: build.sid });
  await deploy(first);
  const second = await newBuild(server, service, { functions: { '/other': 'exports.handler = (context, event, callback) => callback(null, "second");' } });
  await deploy(second);
  await browser.visit(`${server.url}/functions/${service.sid}`, async (page) => {
    await page.getByRole('navigation', { name: 'Files of the service' }).getByRole('button', { name: '/hello' }).click();
    const code = page.getByLabel('Code of /hello');
    await code.getByText('first').waitFor();
    // The editor knows what a function finds around itself.
    await code.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nTwil');
    await page.getByRole('option', { name: 'Twilio' }).waitFor();  // what comes next is another question
    await page.keyboard.type('io.');
    await page.getByRole('option', { name: /twiml\.MessagingResponse\(\)/ }).waitFor();
    await page.keyboard.press('Escape');
    for (let i = 0; i < 8; ++i) await page.keyboard.press('Backspace');
    await page.getByRole('tab', { name: 'Variables' }).click();
    await page.getByLabel('Variable name').fill('COLOUR');
    await page.getByLabel('Variable value').fill('green');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Remove COLOUR' }).waitFor();
    await page.getByLabel('Variable name').fill('COLOUR');
    await page.getByLabel('Variable value').fill('red');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('alert').getByText(/^Error \d+/).waitFor();
    assert.equal(await page.getByLabel('Variable value').inputValue(), 'red', 'what was refused can be corrected');
    await page.getByRole('tab', { name: 'Call' }).click();
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByRole('status', { name: 'Answer' }).getByText('404').waitFor();
    await page.getByRole('tab', { name: 'Builds' }).click();
    await page.getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByText('That build is live').waitFor();
    await page.getByRole('tab', { name: 'Call' }).click();
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByLabel('answer', { exact: true }).getByText('first green').waitFor({ timeout: 60_000 });
    // A protected path is called with a signature, unless one wants to see what it says to others.
    await page.getByRole('navigation', { name: 'Files of the service' }).getByRole('button', { name: '/secret' }).click();
    await page.getByLabel('Code of /secret').getByText('for Twilio only').waitFor();
    const signed = page.getByRole('checkbox', { name: 'Sign it as Twilio does' });
    for (const method of ['POST', 'GET']) {
      await page.getByRole('combobox', { name: 'Method' }).click();
      await page.getByRole('option', { name: method }).click();
      await page.getByLabel('Parameters, one a line').fill('Body=Grüße & 1+1=2\nBody=again\nA=b');
      assert.equal(await signed.isChecked(), true);
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await page.getByLabel('answer', { exact: true }).getByText('for Twilio only').waitFor({ timeout: 60_000 });
      await signed.uncheck();
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await page.getByRole('status', { name: 'Answer' }).getByText('403').waitFor();
      await signed.check();
    }
    await page.getByRole('tab', { name: 'Packages' }).click();
    await page.getByLabel('Dependency name').fill('is-number');
    await page.getByLabel('Dependency value').fill('7.0.0');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Remove is-number' }).waitFor();
    await page.getByRole('button', { name: 'New asset' }).click();
    await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'logo text.txt', mimeType: 'text/plain', buffer: Buffer.from('a file') });
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('navigation', { name: 'Files of the service' }).getByRole('button', { name: '/logo-text.txt' }).click();
    await page.getByText('Private', { exact: true }).click();
    await page.getByText('choose the file again, and save').waitFor();
  });
});

test('a build that fails says why where it was asked for, and leads to the debugger', { timeout: 120_000 }, async (t) => {
  const registry = await Registry.start([]);
  const other = await Server.start({ env: { npm_config_registry: registry.url } });
  t.after(async () => { await other.stop(); registry.stop(); });
  const service = await newService(other);
  await newEnvironment(other, service);
  await newBuild(other, service, { functions: { '/hello': 'exports.handler = (context, event, callback) => callback(null, 1);' } });
  await browser.visit(`${other.url}/functions/${service.sid}`, async (page) => {
    await page.getByRole('tab', { name: 'Packages' }).click();
    await page.getByLabel('Dependency name').fill('nowhere-to-be-found');
    await page.getByLabel('Dependency value').fill('1.0.0');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Deploy all' }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('Error 82003').waitFor({ timeout: 60_000 });
    await alert.getByText(/nowhere-to-be-found/).waitFor();
    await alert.getByRole('link', { name: 'See it in the debugger' }).click();
    await page.getByRole('heading', { name: 'Alert 82003' }).waitFor();
  });
});
