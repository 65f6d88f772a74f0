// The tests that conversations.mjs times.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Dialtone } from '../../clients/node/index.js';

const count = Number(process.env.CONVERSATIONS ?? 500);
const known = new Set();

/** The app: asks those it does not know for their name, and greets them by it. */
const app = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => { body += chunk; }).on('end', () => {
    const { From, Body } = Object.fromEntries(new URLSearchParams(body));
    const text = known.has(From) ? `Hello ${Body}!` : 'What is your name?';
    known.add(From);
    response.setHeader('Content-Type', 'text/xml');
    response.end(`<Response><Message>${text}</Message></Response>`);
  });
});

let dialtone;
let smsUrl;
before(async () => {
  await new Promise((done) => app.listen(0, '127.0.0.1', done));
  smsUrl = `http://127.0.0.1:${app.address().port}/sms`;
  dialtone = await Dialtone.start();
});
after(async () => {
  await dialtone.stop();
  app.closeAllConnections();
  app.close();
});

describe('conversations', { concurrency: true }, () => {
  for (let i = 0; i < count; ++i) {
    test(`conversation ${i}`, async () => {
      const tenant = await dialtone.tenant({ smsUrl });
      await tenant.handset.text('Hi');
      await tenant.handset.expect('What is your name?');
      await tenant.handset.text(`Ada ${i}`);
      const greeting = await tenant.handset.expect(/^Hello (.+)!$/);
      assert.equal(greeting.match[1], `Ada ${i}`);
      await tenant.remove();
    });
  }
});
