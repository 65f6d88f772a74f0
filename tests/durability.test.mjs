// Nothing that was acknowledged is lost: the program is killed at random moments under load, its disk fills up, its folder
// cannot be written.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, binary, cleanEnvironment, temporaryFolder } from './support/server.mjs';

const kRounds = Number(process.env.DIALTONE_KILLS ?? 50);
const kSenders = 8;                 // connections that create messages
const kLoadMillisecondsMax = 150;   // before the kill
const kInboundPerRoundMax = 6;      // of one phone; more than 15 replies in 30 seconds are refused as a loop

/** The application: keeps which callbacks came, and answers incoming messages. */
class Application {
  static async start() {
    const application = new Application();
    application.callbacks = new Map();  // SID → set of statuses
    application.server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (data) => { body += data; });
      request.on('end', () => {
        const form = new URLSearchParams(body);
        if (request.url === '/reply') {
          response.setHeader('Content-Type', 'text/xml');
          return response.end(`<Response><Message>re: ${form.get('Body')}</Message></Response>`);
        }
        const sid = form.get('MessageSid');
        if (!application.callbacks.has(sid)) application.callbacks.set(sid, new Set());
        application.callbacks.get(sid).add(form.get('MessageStatus'));
        return response.writeHead(204).end();
      });
    });
    application.server.keepAliveTimeout = 60_000;
    application.server.listen(0, '127.0.0.1');
    await once(application.server, 'listening');
    application.url = `http://127.0.0.1:${application.server.address().port}`;
    return application;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Sends one after the other until the server is gone. `acknowledged` takes what was answered with 201. */
async function send(make, sent, acknowledged, unexpected, limit = Infinity) {
  for (let count = 0; count < limit; ++count) {
    const [body, request] = make();
    sent.add(body);
    let answer;
    try {
      answer = await request;
    } catch {
      return;
    }
    if (answer.status === 201) acknowledged.set(answer.json.sid, body);
    else unexpected.push(`${answer.status} ${answer.text}`);
  }
}

async function allMessages(server) {
  const all = [];
  let path = `/2010-04-01/Accounts/${server.sid}/Messages.json?PageSize=1000`;
  while (path) {
    const page = await server.request('api', 'GET', path);
    assert.equal(page.status, 200, page.text);
    all.push(...page.json.messages);
    path = page.json.next_page_uri;
  }
  return all;
}

/** How often each text is on a phone. */
async function textsOn(server, handset) {
  const answer = await server.control('GET', `/handsets/${encodeURIComponent(handset)}/messages?limit=1000`);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.json.messages.length < 1000, 'the phone has more messages than one answer holds');
  const texts = new Map();
  for (const { body } of answer.json.messages) texts.set(body, (texts.get(body) ?? 0) + 1);
  return texts;
}

async function until(condition, seconds, what) {
  const deadline = Date.now() + seconds * 1000;
  let left = await condition();
  while (left.length > 0) {
    assert.ok(Date.now() < deadline, `${what}: ${left.length} missing, first ${left.slice(0, 3)}`);
    await sleep(50);
    left = await condition();
  }
}

test(`killed ${kRounds} times under load, what was acknowledged arrives exactly once`, { timeout: 240_000 }, async (t) => {
  const application = await Application.start();
  const server = await Server.start({ data: true });
  let counter = 0;
  const totals = { created: 0, inbound: 0, unacknowledged: 0 };
  const delivered = [];  // of all rounds: SIDs whose callbacks are due
  try {
    const hooked = await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers.json`);
    const number = hooked.json.incoming_phone_numbers[0];
    const set = await server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/IncomingPhoneNumbers/${number.sid}.json`,
      { form: { SmsUrl: `${application.url}/reply` } });
    assert.equal(set.status, 200, set.text);

    for (let round = 0; round < kRounds; ++round) {
      // Phones of this round alone, so that what they have is one page.
      const phones = [];
      for (let i = 0; i < 3; ++i) {
        const made = await server.control('POST', '/handsets', { json: { number: `+1415555${String(3 * round + i).padStart(4, '0')}` } });
        assert.equal(made.status, 201, made.text);
        phones.push(made.json.number);
      }
      const sent = new Set();
      const asked = new Set();
      const created = new Map();
      const inbound = new Map();
      const unexpected = [];
      const create = () => {
        const body = `message ${++counter}`;
        return [body, server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Messages.json`, {
          form: { To: phones[counter % 2], From: server.number, Body: body, StatusCallback: `${application.url}/status` } })];
      };
      const ask = () => {
        const body = `question ${++counter}`;
        return [body, server.control('POST', `/handsets/${encodeURIComponent(phones[2])}/messages`, { json: { to: server.number, body } })];
      };
      const load = Array.from({ length: kSenders }, () => send(create, sent, created, unexpected));
      load.push(send(ask, asked, inbound, unexpected, kInboundPerRoundMax));
      await sleep(Math.random() * kLoadMillisecondsMax);
      await server.kill();
      await Promise.all(load);
      await server.launch();
      assert.deepEqual(unexpected, []);

      // All that was acknowledged is there at once.
      const fetched = await Promise.all([...created.keys(), ...inbound.keys()].map(async (sid) => {
        const answer = await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/Messages/${sid}.json`);
        return [sid, answer.status];
      }));
      assert.deepEqual(fetched.filter(([, status]) => status !== 200), [], `round ${round}: acknowledged messages are gone`);
      // And arrives, once.
      const onPhones = async () => [...await textsOn(server, phones[0]), ...await textsOn(server, phones[1])];
      await until(async () => {
        const there = new Map(await onPhones());
        return [...created.values()].filter((body) => !there.has(body));
      }, 20, `round ${round}: messages on the phones`);
      await until(async () => {
        const there = await textsOn(server, phones[2]);
        return [...inbound.values()].filter((body) => !there.has(`re: ${body}`));
      }, 20, `round ${round}: replies on the phone`);
      for (const [body, times] of await onPhones()) {
        assert.ok(sent.has(body), body);
        assert.equal(times, 1, `${body} came more than once`);
      }
      for (const [body, times] of await textsOn(server, phones[2])) assert.equal(times, 1, `${body} came more than once`);
      delivered.push(...created.keys());
      totals.created += created.size;
      totals.inbound += inbound.size;
      totals.unacknowledged += sent.size - created.size + asked.size - inbound.size;
    }

    await until(async () => delivered.filter((sid) => {
      const statuses = application.callbacks.get(sid);
      return !statuses?.has('sent') || !statuses.has('delivered');
    }), 30, 'status callbacks');
    // Also what was stored without its answer reaching us lived its life to the end.
    const all = await allMessages(server);
    const bodies = new Set();
    for (const message of all) {
      assert.equal(message.status, message.direction === 'inbound' ? 'received' : 'delivered', message.sid);
      assert.ok(!bodies.has(message.body), `${message.body} exists twice`);
      bodies.add(message.body);
    }
    t.diagnostic(`${totals.created} creates and ${totals.inbound} incoming messages acknowledged, ${totals.unacknowledged} cut off`);
  } finally {
    await server.stop();
    application.stop();
  }
});

test('a full disk answers 503, loses nothing and needs no restart', { timeout: 60_000 }, async (t) => {
  if (spawnSync('prlimit', ['--version']).status !== 0) return t.skip('there is no prlimit here');
  const application = await Application.start();
  const server = await Server.start({ data: true });
  const limit = (bytes) => execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:unlimited`]);
  const create = (body) => server.request('api', 'POST', `/2010-04-01/Accounts/${server.sid}/Messages.json`, {
    form: { To: server.handset, From: server.number, Body: body, StatusCallback: `${application.url}/status` } });
  try {
    const acknowledged = new Map();
    const refused = [];
    // The limit is on each file: below 1000 bytes no message fits anywhere, above it the store goes on in another file
    // and some are still taken.
    for (const [round, bytes] of [1000, 0, 100_000, 4096, 500].entries()) {
      for (let i = 0; i < 20; ++i) {
        const answer = await create(`before ${round} ${i}`);
        assert.equal(answer.status, 201, answer.text);
        acknowledged.set(answer.json.sid, answer.json.body);
      }
      limit(bytes);
      const nothingFits = bytes <= 1000;
      let full = 0;
      for (let i = 0; i < (nothingFits ? 20 : 60); ++i) {
        const body = `during ${round} ${i} ${randomBytes(750).toString('base64')}`;  // nothing that could be packed
        const answer = await create(body);
        if (answer.status === 201) {
          acknowledged.set(answer.json.sid, body);
          continue;
        }
        ++full;
        refused.push(body);
        assert.equal(answer.status, 503, answer.text);
        assert.match(answer.json.message, /cannot write/);
      }
      if (nothingFits) assert.equal(full, 20, `limit ${bytes}: a message was taken that cannot be on disk`);
      // Reading goes on.
      const [sid] = acknowledged.keys();
      const read = await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/Messages/${sid}.json`);
      assert.equal(read.status, 200, read.text);
      if (bytes === 500) {  // a crash while the disk is full
        await server.kill();
        await server.launch();
      }
      limit('unlimited');
      await until(async () => {
        const answer = await create(`after ${round}`);
        if (answer.status === 201) acknowledged.set(answer.json.sid, answer.json.body);
        return answer.status === 201 ? [] : [answer.status];
      }, 5, 'an answer after the disk has room again');
    }
    await until(async () => [...acknowledged.keys()].filter((sid) => {
      const statuses = application.callbacks.get(sid);
      return !statuses?.has('sent') || !statuses.has('delivered');
    }), 20, 'status callbacks');
    const there = await textsOn(server, server.handset);
    for (const body of acknowledged.values()) assert.equal(there.get(body), 1, body);
    for (const body of refused) assert.equal(there.get(body), undefined, body);
    const all = await allMessages(server);
    assert.equal(all.length, acknowledged.size);
    t.diagnostic(`${acknowledged.size} acknowledged, ${refused.length} refused`);
  } finally {
    await server.stop();
    application.stop();
  }
});

/** Runs `command` with a folder that cannot be written, or tells why that cannot be had here. */
async function readOnly(folder) {
  const line = (extra) => [binary, 'serve', '--port', '0', '--data', folder, ...extra].map((word) => `'${word}'`).join(' ');
  const mount = `mount --bind '${folder}' '${folder}' && mount -o remount,ro,bind '${folder}' && `;
  for (const flags of [['-m'], ['-r', '-m']]) {
    if (spawnSync('unshare', [...flags, 'sh', '-c', `${mount} true`]).status === 0) {
      return { command: ['unshare', ...flags, 'sh', '-c', `${mount} exec ${line([])}`], undo() {} };
    }
  }
  if (spawnSync('chattr', ['+i', folder]).status === 0) {
    return { command: ['sh', '-c', `exec ${line([])}`], undo: () => spawnSync('chattr', ['-i', folder]) };
  }
  return null;
}

for (const state of ['empty', 'used']) {
  test(`a read-only folder (${state}) is one clear line and exit code 2`, { timeout: 30_000 }, async (t) => {
    const home = temporaryFolder();
    const folder = join(home, 'data');
    mkdirSync(folder);
    if (state === 'used') await (await Server.start({ data: folder })).stop();
    const way = await readOnly(folder);
    if (!way) return t.skip('neither a read-only mount nor chattr +i is possible here');
    try {
      const child = spawn(way.command[0], way.command.slice(1),
        { env: { ...cleanEnvironment(), HOME: home, XDG_RUNTIME_DIR: home }, stdio: ['ignore', 'pipe', 'pipe'] });
      let errors = '';
      child.stderr.on('data', (data) => { errors += data; });
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const [code] = await once(child, 'close');
      clearTimeout(timer);
      assert.equal(code, 2, errors);
      assert.equal(errors.trim().split('\n').length, 1, errors);
      assert.ok(errors.includes(folder), errors);
      assert.match(errors, /cannot be written: (Read-only file system|Operation not permitted|Permission denied)/);
    } finally {
      way.undo();
      rmSync(home, { recursive: true, force: true });
    }
  });
}
