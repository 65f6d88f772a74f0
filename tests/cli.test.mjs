// The command line: options from everywhere, help, one clear line for what is wrong.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dialtone, home } from './support/run.mjs';
import { Server } from './support/server.mjs';

const quick = { timeout: 60_000 };

function place(t) {
  const made = home();
  t.after(made.remove);
  return made;
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

test('help names every option with its variable', quick, async (t) => {
  const { env } = place(t);
  const serve = await dialtone(['serve', '--help'], { env }).done;
  assert.equal(serve.code, 0);
  for (const option of ['port', 'bind', 'data', 'memory', 'account-type', 'unknown-numbers', 'log-level', 'config']) {
    assert.match(serve.out, new RegExp(`--${option}\\b`));
    assert.match(serve.out, new RegExp(`DIALTONE_${option.toUpperCase().replace('-', '_')}\\b`));
  }
  for (const variable of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_NUMBER', 'MY_NUMBER']) assert.match(serve.out, new RegExp(variable));
  const all = await dialtone(['--help'], { env }).done;
  assert.equal(all.code, 0);
  for (const command of ['serve', 'run', 'env']) assert.match(all.out, new RegExp(`^ +${command} `, 'm'));
  for (const command of ['run', 'env']) {
    const { code, out } = await dialtone([command, '--help'], { env }).done;
    assert.equal(code, 0);
    assert.match(out, /--port/);
    assert.match(out, /--data/);
  }
  assert.match((await dialtone(['--version'], { env }).done).out, /^dialtone \d+\.\d+/);
});

const wrong = [
  [[], {}, /subcommand/],
  [['serve', '--prot', '1'], {}, /--prot/],
  [['serve', '--port', 'x'], {}, /port/],
  [['serve', '--port', '70000'], {}, /port/],
  [['serve', '--account-type', 'rich'], {}, /--account-type: rich is none of trial, full/],
  [['serve', '--unknown-numbers', 'maybe'], {}, /--unknown-numbers: maybe is none of deliver, undelivered/],
  [['serve', '--log-level', 'loud'], {}, /--log-level: loud/],
  [['serve', '--memory', '--data', '/nowhere'], {}, /exclude/],
  [['serve', '--memory', '--bind', 'here'], {}, /here/],
  [['serve', '--memory', '--bind', '192.0.2.1', '--port', '0'], {}, /192\.0\.2\.1/],
  [['serve', '--config', '/nowhere.yaml'], {}, /\/nowhere\.yaml/],
  [['serve', '--data', '/proc/nowhere'], {}, /\/proc\/nowhere/],
  [['serve', '--memory'], { DIALTONE_PORT: 'x' }, /port/i],
  [['serve', '--memory'], { DIALTONE_ACCOUNT_TYPE: 'rich' }, /rich/],
  [['serve', '--memory', '--port', '0'], { TWILIO_ACCOUNT_SID: 'AC1' }, /TWILIO_ACCOUNT_SID/],
  [['serve', '--memory', '--port', '0'], { TWILIO_NUMBER: 'mine' }, /TWILIO_NUMBER: mine/],
  [['serve', '--memory', '--port', '0'], { MY_NUMBER: '12' }, /MY_NUMBER: 12/],
  [['serve', '--memory', '--port', '0'], { MY_NUMBER: '+15017122661' }, /must not be the same/],
  [['run', '--data', '/proc/nowhere', '--', 'true'], {}, /\/proc\/nowhere/],
  [['run'], {}, /command/],
  [['env', 'more'], {}, /more/],
];

test('what is wrong is told in one line, with exit code 2', quick, async (t) => {
  const { env } = place(t);
  for (const [args, more, pattern] of wrong) {
    const { code, out, err } = await dialtone(args, { env: { ...env, ...more } }).done;
    const what = `${args.join(' ')} ${JSON.stringify(more)}: ${err}`;
    assert.equal(code, 2, what);
    assert.equal(out, '', what);
    assert.match(err, /^dialtone: [^\n]+\n$/, what);
    assert.match(err, pattern, what);
  }
});

const files = [
  ['port: many', /port/],
  ['memory: perhaps', /memory/],
  ['colour: red', /unknown option colour/],
  ['- port', /map of options/],
  ['port: [', /config\.yaml/],
  ['account-type: rich', /rich/],
];

test('a configuration file with a mistake names it', quick, async (t) => {
  const { env, folder } = place(t);
  const config = join(folder, 'config.yaml');
  for (const [text, pattern] of files) {
    writeFileSync(config, text);
    const { code, err } = await dialtone(['serve', '--config', config], { env }).done;
    assert.equal(code, 2, text);
    assert.match(err, /^dialtone: [^\n]+\n$/, text);
    assert.match(err, pattern);
  }
});

test('a taken port and a folder in use are one line each', quick, async (t) => {
  const { env, data } = place(t);
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address();
  const taken = await dialtone(['serve', '--memory', '--port', String(port)], { env }).done;
  assert.equal(taken.code, 2);
  assert.match(taken.err, new RegExp(`^dialtone: [^\\n]*${port}[^\\n]*\\n$`));

  const first = dialtone(['serve', '--port', '0', '--data', data], { env });
  await first.until(/ready/);
  const second = await dialtone(['serve', '--port', '0', '--data', data], { env }).done;
  assert.equal(second.code, 2);
  assert.match(second.err, /^dialtone: [^\n]*in use[^\n]*\n$/);
  first.child.kill('SIGTERM');
  assert.equal((await first.done).code, 0);
});

test('the command line counts more than the environment, that more than the file', quick, async (t) => {
  const { env, folder, data } = place(t);
  const [one, two, three] = [await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'config.yaml');
  writeFileSync(config, `port: ${one}\nbind: 127.0.0.1\nmemory: true\naccount-type: trial\nunknown-numbers: undelivered\nlog-level: error\n`);
  const cases = [
    [['--config', config], {}, one],
    [[], { DIALTONE_CONFIG: config }, one],
    [[], { DIALTONE_CONFIG: config, DIALTONE_PORT: String(two) }, two],
    [['--port', String(three)], { DIALTONE_CONFIG: config, DIALTONE_PORT: String(two) }, three],
  ];
  for (const [args, more, port] of cases) {
    const server = dialtone(['serve', ...args], { env: { ...env, ...more } });
    await server.until(/ready/);
    assert.match(server.out, new RegExp(`http://127.0.0.1:${port}/`));
    assert.match(server.out, /in memory only/);
    server.child.kill('SIGTERM');
    const { code, err } = await server.done;
    assert.equal(code, 0);
    assert.equal(err, '');
  }
  // What keeps the state and what does not exclude each other; the closer one counts.
  const states = [
    [['--memory'], { DIALTONE_DATA: data }, /in memory only/],
    [['--data', data], { DIALTONE_MEMORY: 'true' }, new RegExp(data)],
    [['--data', data], { DIALTONE_CONFIG: config }, new RegExp(data)],
    [[], { DIALTONE_CONFIG: config, DIALTONE_DATA: data }, new RegExp(data)],
    [[], { DIALTONE_MEMORY: 'true' }, /in memory only/],
    [[], { DIALTONE_MEMORY: 'false', DIALTONE_DATA: data }, new RegExp(data)],
  ];
  for (const [args, more, pattern] of states) {
    const server = dialtone(['serve', '--port', '0', ...args], { env: { ...env, ...more } });
    await server.until(/State.*\n/);
    assert.match(server.out, pattern, JSON.stringify([args, more]));
    server.child.kill('SIGTERM');
    assert.equal((await server.done).code, 0);
  }
});

test('a first start prints what it made; the environment chooses', quick, async (t) => {
  const { env, data } = place(t);
  const chosen = { TWILIO_ACCOUNT_SID: `AC${'0123456789abcdef'.repeat(2)}`, TWILIO_AUTH_TOKEN: 'a secret of mine', TWILIO_NUMBER: '+14155550111', MY_NUMBER: '+14155550122' };
  for (const more of [chosen, {}]) {  // the second start finds what the first made
    const server = dialtone(['serve', '--port', '0', '--data', data], { env: { ...env, ...more } });
    await server.until(/Run an app[^\n]*\n/);
    for (const value of Object.values(chosen)) assert.ok(server.out.includes(value), value);
    assert.match(server.out, /Handsets +\+14155550122, \+15558675309|Handsets +\S+, \S+/);
    server.child.kill('SIGTERM');
    assert.equal((await server.done).code, 0);
  }
  const server = await Server.start();
  t.after(() => server.stop());
  assert.match(server.sid, /^AC[0-9a-f]{32}$/);
  assert.match(server.token, /^[0-9a-f]{32}$/);
  assert.equal((await server.control('GET', '/handsets')).json.handsets.length, 2);
  const numbers = await server.twilio().incomingPhoneNumbers.list();
  assert.deepEqual(numbers.map((each) => each.phoneNumber), [server.number]);
});

test("the authority's key is its owner's alone", quick, async (t) => {
  const { env, data } = place(t);
  const server = dialtone(['serve', '--port', '0', '--data', data], { env });
  await server.until(/ready/);
  const key = readFileSync(join(data, 'ca/ca.pem'), 'utf8');
  assert.match(key, /BEGIN CERTIFICATE/);
  assert.doesNotMatch(key, /PRIVATE KEY/);
  const secrets = readdirSync(join(data, 'ca')).filter((name) => /PRIVATE KEY/.test(readFileSync(join(data, 'ca', name), 'utf8')));
  assert.equal(secrets.length, 1);
  assert.equal(statSync(join(data, 'ca', secrets[0])).mode & 0o077, 0);
  assert.equal(statSync(join(data, 'server.json')).mode & 0o077, 0);
  server.child.kill('SIGTERM');
  await server.done;
  assert.ok(!existsSync(join(data, 'server.json')));
  const before = readFileSync(join(data, 'ca/ca.pem'), 'utf8');
  const again = dialtone(['serve', '--port', '0', '--data', data], { env });
  await again.until(/ready/);
  assert.equal(readFileSync(join(data, 'ca/ca.pem'), 'utf8'), before);
  again.child.kill('SIGINT');
  assert.equal((await again.done).code, 0);
});

test('SIGTERM ends it at once, also while somebody waits and listens', quick, async (t) => {
  const server = await Server.start();
  t.after(() => server.stop());
  const waiting = server.control('GET', `/handsets/${server.handset}/messages?contains=never&wait=60`).then((answer) => answer.status, () => 'closed');
  const seen = [];
  const listening = (async () => { for await (const each of server.events({ after: 0 })) seen.push(each.kind); })().catch(() => {});
  await server.event('account.created');
  const begun = Date.now();
  server.child.kill('SIGTERM');
  assert.deepEqual(await server.exited, { code: 0, signal: null });
  assert.ok(Date.now() - begun < 10_000);
  await Promise.all([waiting, listening]);
  assert.equal(server.errors, '');
});

for (const bind of ['127.0.0.1', 'localhost', '0.0.0.0', '::1', '::']) {
  test(`bound to ${bind}`, quick, async (t) => {
    if (bind.includes(':') && !Object.values(networkInterfaces()).flat().some((each) => each.family === 'IPv6')) return t.skip('no IPv6 here');
    const { env, data } = place(t);
    const server = dialtone(['serve', '--port', '0', '--data', data, '--bind', bind], { env });
    const [, url] = await server.until(/Console +(\S+)/);
    const health = await (await fetch(new URL('/_dialtone/v1/health', url))).json();
    assert.equal(health.program, 'dialtone');
    const run = await dialtone(['run', '--data', data, '--', 'sh', '-c', 'curl -s -o /dev/null -w "%{http_code}" -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "https://api.twilio.com/2010-04-01/Accounts.json"'], { env }).done;
    assert.equal(run.err, '');
    assert.equal(run.out, '200');
    server.child.kill('SIGTERM');
    assert.equal((await server.done).code, 0);
  });
}
