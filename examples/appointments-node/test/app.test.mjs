import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Dialtone } from '@dialtone/testing';
import { startApp } from './support.mjs';

let dialtone;
before(async () => { dialtone = await Dialtone.start(); });
after(async () => { await dialtone.stop(); });

/** A test with a tenant and the app. */
const it = (name, body) => test(name, (t) => dialtone.test(async (tenant) => body(tenant, await startApp(tenant, t)))());

describe('appointments', { concurrency: true }, () => {
  for (const [answer, reply, state] of [['Yes', /^See you at 10:30!$/, 'confirmed'], ['no ', /canceled/, 'canceled']]) {
    it(`a patient who says ${answer.trim()} is ${state}`, async ({ handset }, app) => {
      await app.post('/appointments', { phone: handset.number, at: '10:30' });
      await handset.expect(/appointment is at (\S+)\. Reply YES/);
      await handset.text('what?');
      await handset.expect('Please reply YES or NO.');
      await handset.text(answer);
      await handset.expect(reply);
      assert.equal((await app.post('/state', { phone: handset.number })).state, state);
    });
  }

  it('a stranger is told so', async ({ handset }) => {
    await handset.text('Hello');
    await handset.expect('no appointment');
  });

  it('a code signs in once', async ({ handset }, app) => {
    await app.post('/codes', { phone: handset.number });
    const { match: [, code] } = await handset.expect(/^(\d{6}) is your code/);
    assert.deepEqual(await app.post('/codes/check', { phone: handset.number, code }), { right: true });
    assert.deepEqual(await app.post('/codes/check', { phone: handset.number, code }), { right: false });
  });

  it('who cannot be reached by SMS is to be called', async (tenant, app) => {
    await tenant.faults.add({ do: 'fail', to: tenant.handset.number, code: 30003 });
    await app.post('/appointments', { phone: tenant.handset.number, at: '9:00' });
    // The second of its callbacks tells of it.
    const { position } = await tenant.await({ kind: 'webhook', purpose: 'status' });
    await tenant.await({ kind: 'webhook', purpose: 'status', after: position });
    assert.equal((await app.post('/state', { phone: tenant.handset.number })).state, 'call them');
  });

  it('a request that is not signed for our URL is refused, and the alert says why', async (tenant, app) => {
    // As behind a proxy that ends TLS: what the app takes for its URL is not what was called.
    await tenant.setNumber({ SmsUrl: app.url.replace('127.0.0.1', 'localhost') + '/sms' });
    await tenant.handset.text('Hello');
    const { alert } = await tenant.await({ kind: 'alert' });
    assert.equal(alert.error_code, '11200');
    assert.match(alert.response_body, /signature is wrong/);
    // The alert holds what was signed, and what the app would have computed for another reading of its URL.
    assert.match(alert.dialtone.signature.signed_text, /^http:\/\/localhost:\d+\/smsAccountSid/);
    assert.ok(alert.dialtone.signature.readings.some((each) => /scheme was https/.test(each.if)));
  });
});
