// Time that passes only when nothing is left to do.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Dialtone } from '../clients/node/index.js';
import { Hooks, twiml } from './support/hooks.mjs';
import { binary } from './support/server.mjs';

const twilio = createRequire(import.meta.url)('twilio');
const days = (count) => count * 24 * 3600_000;

test('a month of reminders passes as fast as the work they make', async () => {
  const dialtone = await Dialtone.start({ binary });
  const hooks = await Hooks.start();
  try {
    const tenant = await dialtone.tenant({ smsUrl: hooks.on('/sms', twiml('<Message>Noted.</Message>')) });
    const client = tenant.twilio(twilio);
    const service = await client.messaging.v1.services.create({ friendlyName: 'reminders', useInboundWebhookOnNumber: true });
    await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: tenant.numbers[0].sid });
    await dialtone.clock.freeze();
    const start = (await dialtone.clock.set('2030-01-01T00:00:00Z')).time;
    for (const week of [3, 1, 2]) {
      await client.messages.create({ to: tenant.handset.number, messagingServiceSid: service.sid, body: `week ${week}`, scheduleType: 'fixed', sendAt: new Date(start.getTime() + days(7 * week)) });
    }
    const state = await dialtone.clock.auto({ until: '15d' });
    assert.deepEqual([state.auto, state.frozen], [true, true]);
    await tenant.handset.expect('week 1');
    await tenant.handset.expect('week 2');
    // The third lies beyond what was allowed.
    const stands = await dialtone.clock.get();
    assert.equal(stands.time.getTime(), start.getTime() + days(14));
    assert.equal(stands.nextTimer.getTime(), start.getTime() + days(21));
    await dialtone.clock.auto();
    const third = await tenant.handset.expect('week 3');
    assert.ok(Date.parse(third.date) - start.getTime() >= days(21));

    // While a webhook is at work, time stands; a webhook that only waits for the clock does not hold it.
    let release;
    const held = new Promise((done) => { release = done; });
    const asked = new Promise((done) => {
      hooks.on('/sms', async () => { done(); await held; return twiml('<Message>Noted.</Message>'); });
    });
    const soon = new Date((await dialtone.clock.get()).time.getTime() + days(1));
    await tenant.handset.text('thanks');
    await asked;
    await client.messages.create({ to: tenant.handset.number, messagingServiceSid: service.sid, body: 'the next day', scheduleType: 'fixed', sendAt: soon });
    const { position } = await tenant.await({ kind: 'handset.received', body: 'week 3' });
    await assert.rejects(dialtone.main.await({ kind: 'clock.jumped', after: position, timeout: 150 }), { status: 408 });
    release();
    await tenant.handset.expect('Noted.');
    await tenant.handset.expect('the next day');

    await tenant.faults.add({ do: 'stall', url: hooks.url('/sms') });
    const { sid } = await tenant.handset.text('anybody?');
    assert.equal((await tenant.await({ kind: 'alert' })).alert.resource_sid, sid);

    const resumed = await dialtone.clock.resume();
    assert.deepEqual([resumed.auto, resumed.frozen], [false, false]);
  } finally {
    await dialtone.stop();
    await hooks.close();
  }
});

test('a tenant may look at the clock, not move it; bad options are told', async () => {
  const dialtone = await Dialtone.start({ binary });
  try {
    const tenant = await dialtone.tenant();
    assert.equal((await tenant.control.call('clock', 'GET', '/clock')).auto, false);
    for (const path of ['freeze', 'resume', 'auto']) await assert.rejects(tenant.control.call('clock', 'POST', `/clock/${path}`), { status: 403 });
    for (const options of [{ until: 'tomorrow' }, { quiet: '1h' }, { quiet: 'x' }]) await assert.rejects(dialtone.clock.auto(options), { status: 400, code: 20001 });
  } finally {
    await dialtone.stop();
  }
});
