// Functions as their callers see them: deployed through the REST API, run in their sandbox, logged, replaced, broken.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { activate, deploy, newBuild, newEnvironment, newService, rest } from './support/deploy.mjs';
import { Server, makesSandboxes, temporaryFolder } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server.stop());

const kReply = `exports.handler = (context, event, callback) => {
  const response = new Twilio.twiml.MessagingResponse();
  response.message('You said: ' + event.Body);
  callback(null, response);
};`;

/** Until it holds: what the server does is not told to us, so it is looked at again. */
async function until(holds, what) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await later(20)) {
    const value = await holds();
    if (value) return value;
  }
  throw new Error(`not in time: ${what}`);
}

const childrenOf = (pid) => readdirSync(`/proc/${pid}/task`)
  .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number));

/** The processes of Node that the server's helper started. */
function workersOf(pid) {
  const all = [pid];
  for (let i = 0; i < all.length; ++i) {
    try { all.push(...childrenOf(all[i])); } catch { /* it has gone */ }
  }
  return all.filter((each) => {
    try { return readFileSync(`/proc/${each}/cmdline`, 'utf8').split('\0')[0].endsWith('node'); } catch { return false; }
  });
}

const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };

const logsOf = (project) => rest(server, 'GET', `/${project.service.sid}/Environments/${project.environment.sid}/Logs`).then((page) => page.logs);

test('a text to a number is answered by the function that the number points at', async () => {
  const project = await deploy(server, { functions: { '/sms': { text: kReply, visibility: 'protected' } } });
  for (const SmsUrl of [`https://${project.domain}/sms`, `http://${project.label}.localhost:${server.port}/sms`]) {
    const number = await server.newNumber({ SmsUrl });
    const phone = await server.newHandset();
    await server.text(phone, number.phone_number, 'Hello there');
    const reply = await server.waitForMessage(phone, { from: number.phone_number });
    assert.equal(reply.body, 'You said: Hello there');
  }
  assert.equal((await project.ask('POST', '/sms', { form: { Body: 'unsigned' } })).status, 403);
});

test('what a function asks of Twilio reaches us, by whatever library', async () => {
  const project = await deploy(server, { functions: {
    '/send': `exports.handler = async (context, event, callback) => {
      const message = await context.getTwilioClient().messages.create({ to: event.to, from: event.from, body: 'From a function' });
      callback(null, message.sid);
    };`,
    '/fetch': `exports.handler = async (context, event, callback) => {
      const url = 'https://api.twilio.com/2010-04-01/Accounts/' + context.ACCOUNT_SID + '.json';
      const headers = { Authorization: 'Basic ' + Buffer.from(context.ACCOUNT_SID + ':' + context.AUTH_TOKEN).toString('base64') };
      const byFetch = await (await fetch(url, { headers })).json();
      const byHttps = await new Promise((done, failed) => require('https').get(url, { headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => { text += chunk; });
        response.on('end', () => done(JSON.parse(text)));
      }).on('error', failed));
      callback(null, [byFetch.sid, byHttps.sid]);
    };`,
    '/other': `exports.handler = async (context, event, callback) => callback(null, await (await fetch('https://' + context.DOMAIN_NAME + '/plain')).text());`,
    '/plain': `exports.handler = (context, event, callback) => callback(null, 'plain');`,
  } });
  const phone = await server.newHandset();
  const sent = await project.ask('POST', '/send', { form: { to: phone, from: server.number } });
  assert.match(sent.text, /^SM[0-9a-f]{32}$/);
  assert.equal((await server.waitForMessage(phone)).body, 'From a function');
  assert.deepEqual((await project.ask('GET', '/fetch')).json, [server.sid, server.sid]);
  assert.equal((await project.ask('GET', '/other')).text, 'plain');
});

test('lines of the log have the level and the request that wrote them, also after its answer', async () => {
  const project = await deploy(server, { functions: {
    '/a': `exports.handler = (context, event, callback) => {
      console.log('begins', event.n);
      callback(null, 'answered');
      setTimeout(() => { console.warn('went on', event.n); }, 50);
    };`,
  } });
  const answers = await Promise.all([1, 2, 3].map((n) => project.ask('GET', `/a?n=${n}`)));
  const logs = await until(async () => { const all = await logsOf(project); return all.length === 6 && all; }, 'six lines');
  for (const [i, answer] of answers.entries()) {
    const mine = logs.filter((line) => line.request_sid === answer.headers['twilio-request-id']);
    assert.deepEqual(mine.map((line) => line.message).sort(), [`begins ${i + 1}`, `went on ${i + 1}`]);
    for (const line of mine) {
      assert.equal(line.level, line.message.startsWith('begins') ? 'INFO' : 'WARN');
      assert.equal(line.deployment_sid, project.deployment.sid);
      assert.equal(line.build_sid, project.build.sid);
    }
  }
});

test('a change of a variable is seen without a deployment', async () => {
  const project = await deploy(server, { functions: { '/v': 'exports.handler = (context, event, callback) => callback(null, `${context.WORD} ${process.env.WORD}`);' },
    variables: { WORD: 'one' } });
  assert.equal((await project.ask('GET', '/v')).text, 'one one');
  const path = `/${project.service.sid}/Environments/${project.environment.sid}/Variables`;
  const [variable] = (await rest(server, 'GET', path)).variables;
  await rest(server, 'POST', `${path}/${variable.sid}`, { Value: 'two' });
  assert.equal((await project.ask('GET', '/v')).text, 'two two');
});

test('deployments while requests run: none fails, and each ends on the build it began with', async () => {
  const code = (word) => ({ functions: { '/b': `exports.handler = (context, event, callback) => setTimeout(() => callback(null, '${word}'), 20);` } });
  const project = await deploy(server, code('old'));
  const next = await newBuild(server, project.service, code('new'));
  let stop = false;
  const seen = [];
  const callers = Array.from({ length: 8 }, async () => {
    while (!stop) {
      const answer = await project.ask('GET', '/b');
      seen.push(answer.status === 200 ? answer.text : `${answer.status} ${answer.text}`);
    }
  });
  await until(() => seen.length > 20, 'the first answers');
  await activate(server, project.service, project.environment, next);
  assert.equal((await project.ask('GET', '/b')).text, 'new');
  const now = seen.length;
  await until(() => seen.length > now + 40, 'more answers');
  stop = true;
  await Promise.all(callers);
  assert.deepEqual([...new Set(seen)].sort(), ['new', 'old']);
  assert.ok(seen.slice(-8).every((each) => each === 'new'));
});

test('a worker that is killed is replaced, and its requests are answered with an error', async () => {
  const own = await Server.start();
  try {
    const project = await deploy(own, { functions: {
      '/wait': 'exports.handler = () => {};',
      '/hello': `exports.handler = (context, event, callback) => callback(null, 'hello');`,
    } });
    assert.equal((await project.ask('GET', '/hello')).text, 'hello');
    const held = project.ask('GET', '/wait');
    await until(async () => /dialtone_functions_workers\{state="waiting"\} 1/.test((await own.request(null, 'GET', '/_dialtone/metrics')).text), 'a worker that waits');
    for (const pid of workersOf(own.pid)) process.kill(pid, 'SIGKILL');
    assert.equal((await held).status, 500);
    await until(async () => (await project.ask('GET', '/hello')).text === 'hello', 'another worker');
    // The process that started them goes, and all of them with it.
    const lost = workersOf(own.pid);
    const helper = childrenOf(own.pid).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('functions-sandbox-helper'));
    process.kill(helper, 'SIGKILL');
    await until(() => !lost.some(alive), 'the end of its workers');
    await until(async () => (await project.ask('GET', '/hello')).text === 'hello', 'another helper');
    const workers = workersOf(own.pid);
    assert.ok(workers.length > 0);
    await own.kill();
    await until(() => !workers.some(alive), 'the end of the workers of a server that was killed');
  } finally {
    await own.stop().catch(() => {});
  }
});

test('an asset is served, cached and found at /', async () => {
  const project = await deploy(server, { assets: {
    '/assets/index.html': { text: '<h1>Hi</h1>', type: 'text/html' },
    '/a/style.css': { text: 'body{}', type: 'text/css' },
    '/secret.json': { text: '{"a":1}', type: 'application/json', visibility: 'private' },
  }, functions: { '/read': `exports.handler = (context, event, callback) => callback(null, Runtime.getAssets()['/secret.json'].open());` } });
  const page = await project.ask('GET', '/');
  assert.equal(page.text, '<h1>Hi</h1>');
  assert.match(page.headers['content-type'], /^text\/html/);
  const css = await project.ask('GET', '/a/style.css');
  assert.equal((await project.ask('GET', '/a/style.css', { headers: { 'If-None-Match': css.headers.etag } })).status, 304);
  assert.equal((await project.ask('GET', '/a/style.css', { headers: { Range: 'bytes=0-3' } })).text, 'body');
  assert.equal((await project.ask('OPTIONS', '/a/style.css')).headers['access-control-allow-origin'], '*');
  assert.equal((await project.ask('GET', '/secret.json')).status, 404);
  assert.equal((await project.ask('GET', '/read')).text, '{"a":1}');
});

test('what goes wrong becomes an alert that names the request', async () => {
  const project = await deploy(server, { functions: { '/bad': `exports.handler = () => { throw new Error('broken'); };` } });
  const answer = await project.ask('POST', '/bad', { form: { a: 'b' } });
  assert.equal(answer.status, 500);
  assert.equal(answer.json.message, 'broken');
  const sid = answer.headers['twilio-request-id'];
  const [alert] = await until(async () => {
    const all = (await server.control('GET', `/alerts?resource=${sid}`)).json.alerts.filter((each) => each.error_code === '82002');
    return all.length > 0 && all;
  }, 'the alert');
  assert.equal(alert.request_method, 'POST');
  assert.equal(alert.request_variables, 'a=b');
});

test('without a network a function reaches nobody', { skip: !makesSandboxes() }, async () => {
  const own = await Server.start({ args: ['--functions-network', 'none'] });
  try {
    const project = await deploy(own, { functions: { '/out': `exports.handler = async (context, event, callback) => {
      try { await fetch('http://127.0.0.1:' + event.port); callback(null, 'reached'); } catch (error) { callback(null, error.cause.code); }
    };` } });
    assert.equal((await project.ask('GET', `/out?port=${own.port}`)).text, 'ECONNREFUSED');
  } finally {
    await own.stop();
  }
});

test('where no sandbox can be made, functions run only when that is allowed', async () => {
  // A PATH with Node, and without bubblewrap.
  const folder = join(temporaryFolder(), 'bin');
  mkdirSync(folder);
  for (const name of ['node', 'npm', 'env', 'sh']) {
    const found = process.env.PATH.split(':').map((each) => join(each, name)).find((file) => { try { readFileSync(file); return true; } catch { return false; } });
    if (found) symlinkSync(found, join(folder, name));
  }
  const project = { functions: { '/hello': `exports.handler = (context, event, callback) => callback(null, 'hello');` } };
  const refusing = await Server.start({ env: { PATH: folder, DIALTONE_ALLOW_UNSANDBOXED_FUNCTIONS: 'false' }, logLevel: 'info' });
  try {
    await until(() => /functions\.no_sandbox/.test(refusing.errors), 'the line that says so');
    const { ask } = await deploy(refusing, project);
    const answer = await ask('GET', '/hello');
    assert.equal(answer.status, 503);
    assert.match(answer.text, /--allow-unsandboxed-functions/);
  } finally {
    await refusing.stop();
  }
  const allowing = await Server.start({ env: { PATH: folder }, args: ['--allow-unsandboxed-functions'], logLevel: 'info' });
  try {
    await until(() => /functions\.not_sandboxed/.test(allowing.errors), 'the line that says so');
    const { ask } = await deploy(allowing, project);
    assert.equal((await ask('GET', '/hello')).text, 'hello');
  } finally {
    await allowing.stop();
  }
});

test('an environment that nobody asks has no process', async () => {
  const own = await Server.start({ args: ['--functions-idle', '1'] });
  try {
    const { ask } = await deploy(own, { functions: { '/hello': `exports.handler = (context, event, callback) => callback(null, 'hello');` } });
    const running = async () => Number(/workers\{state="running"\} (\d+)/.exec((await own.request(null, 'GET', '/_dialtone/metrics')).text)[1]);
    assert.equal(await running(), 0);
    assert.equal((await ask('GET', '/hello')).text, 'hello');
    assert.equal(await running(), 1);
    await until(async () => await running() === 0, 'the end of the idle worker');
    assert.equal((await ask('GET', '/hello')).text, 'hello');
  } finally {
    await own.stop();
  }
});
