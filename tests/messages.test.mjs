import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server.stop(); });

test('an SMS sent with the SDK arrives on the handset and is listed as delivered', async () => {
  const client = server.twilio();
  const sent = await client.messages.create({ to: server.handset, from: server.number, body: 'Hello' });
  assert.equal(sent.status, 'queued');
  assert.match(sent.sid, /^SM[0-9a-f]{32}$/);
  const received = await server.waitForMessage(server.handset, { contains: 'Hello' });
  assert.equal(received.sid, sent.sid);
  const listed = await client.messages(sent.sid).fetch();
  assert.equal(listed.status, 'delivered');
  assert.equal(listed.price, '-0.00750');
});
