import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';
import { Walk, stock } from './support/walk.mjs';

let server;
let walk;
before(async () => {
  server = await Server.start();
  await stock(server);
  walk = new Walk(server);
});
after(async () => { await server.stop(); });

const number = (value) => value.toLocaleString('en-US');

test('the catalogue has 71 documents and 1,695 operations', () => {
  assert.equal(walk.catalogue.documents.length, 71);
  assert.equal(walk.catalogue.operations.length, 1695);
});

test('every operation of every document answers as its document says', async (t) => {
  await walk.run();
  const { total, conforming, failed, none, absent, never, byHand } = walk.summary();
  t.diagnostic(`${number(conforming)} of ${number(total)} operations conform (${byHand} of them on resources made by hand); ` +
    `${absent.length} answer 404${absent.length ? ` (${absent.join(', ')})` : ''}; ${none.length} answer 501: ${none.join(', ')}`);
  const shown = failed.slice(0, Number(process.env.WALK_SHOW ?? 25)).map(([operation, each]) => `${operation.document.name} ${operation.id}: ${each.failures[0]}`);
  assert.equal(failed.length, 0, `${failed.length} operations do not conform:\n${shown.join('\n')}`);
  assert.deepEqual(never, [], 'operations that the walk never called');
  assert.ok(none.length <= total * 0.05, `${none.length} operations answer 501`);
  assert.equal(conforming + absent.length + none.length, total);
});

test('what the walk made was there, and went with its parents', () => {
  assert.deepEqual(walk.problems.slice(0, 25), []);
});
