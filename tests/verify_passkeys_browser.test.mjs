// Passkeys with a real browser: Chromium takes the options as they are, and what it hands back is accepted.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
let app;
before(async () => {
  server = await Server.start();
  browser = await Browser.start();
  app = await Hooks.start();
  app.on('/', { headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>Owl Bank</title>' });
});
after(async () => {
  await browser.stop();
  await app.close();
  await server.stop();
});

test('Chromium registers a passkey and logs in with it', async () => {
  const post = async (path, form, json) => {
    const answer = await server.request('verify', 'POST', path, form ? { form } : { json });
    assert.ok(answer.status < 300, `${path}: ${answer.text}`);
    return answer.json;
  };
  const { sid } = await post('/v2/Services', { FriendlyName: 'Owl', 'Passkeys.RelyingParty.Id': 'localhost', 'Passkeys.DiscoverableCredentials': 'required', 'Passkeys.UserVerification': 'required' });
  const passkeys = (action, json) => post(`/v2/Services/${sid}/Passkeys/${action}`, undefined, json);
  const page = await browser.page(`http://localhost:${app.port}/`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });

  const made = await passkeys('Factors', { friendly_name: 'Ada', identity: 'browser-user-1' });
  const registration = await page.evaluate(async (options) =>
    (await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })).toJSON(), made.options);
  assert.equal((await passkeys('VerifyFactor', registration)).status, 'verified');
  for (const asked of [{ identity: 'browser-user-1', factor_sid: made.sid }, { identity: 'browser-user-1' }, {}]) {
    const challenge = await passkeys('Challenges', asked);
    const login = await page.evaluate(async (options) =>
      (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) })).toJSON(), challenge.options);
    const approved = await passkeys('ApproveChallenge', login);
    assert.deepEqual([approved.status, approved.identity, approved.factor_sid], ['approved', 'browser-user-1', made.sid]);
  }
  assert.deepEqual(page.problems, []);
});
