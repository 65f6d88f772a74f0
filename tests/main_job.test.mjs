// The main job: a program that uses the official package, not one line changed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialtone, home } from './support/run.mjs';
import { Server } from './support/server.mjs';

const programs = [
  ['twilio 6 with express and its middleware', ['apps/answering_app.mjs']],
  ...['twilio', 'twilio-v5', 'twilio-v4', 'twilio-v3'].map((version) => [version, ['apps/answering_app.cjs', version]]),
];

for (const [name, program] of programs) {
  test(`a text goes out, is answered, and the answer is answered: ${name}`, { timeout: 60_000 }, async (t) => {
    const place = home();
    t.after(place.remove);
    const run = dialtone(['run', '--data', place.data, '--', process.execPath, ...program], { env: place.env });
    const [, sid, status] = await run.until(/sent (\S+) (\S+)/);
    assert.match(sid, /^SM[0-9a-f]{32}$/);
    assert.equal(status, 'queued');

    const server = Server.of(place.data);
    const first = await server.waitForMessage(server.handset, { contains: 'Hello from my program' });
    assert.equal(first.sid, sid);
    assert.equal(first.from, server.number);
    await server.text(server.handset, server.number, 'Is it you?');
    const answer = await server.waitForMessage(server.handset, { contains: 'You wrote: Is it you?' });
    assert.equal(answer.from, server.number);

    run.child.kill('SIGTERM');
    const { code, out, err } = await run.done;
    assert.equal(code, 0, err);
    assert.deepEqual(out.trim().split('\n').slice(1), [
      'outbound-reply delivered You wrote: Is it you?',
      'inbound received Is it you?',
      'outbound-api delivered Hello from my program',
    ]);
    assert.equal(err, '');
  });
}
