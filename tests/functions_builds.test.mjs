// What makes builds, tried: packages of a registry of our own, the program killed at any moment, a full disk.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, temporaryFolder } from './support/server.mjs';
import { Registry } from './support/registry.mjs';
import { Service, upload } from './support/functions.mjs';

const scripted = temporaryFolder();
const kRounds = 6;

let registry;
let server;
before(async () => {
  registry = await Registry.start([
    { name: 'plain', version: '1.0.0', files: { 'index.js': 'module.exports = "plain 1.0.0";' } },
    { name: 'slow', version: '2.1.0', files: { 'index.js': 'module.exports = "slow 2.1.0";' } },
    { name: 'scripted', version: '1.0.0', scripts: { preinstall: `touch ${scripted}/ran`, postinstall: `touch ${scripted}/ran` }, files: { 'index.js': 'module.exports = 1;' } },
  ]);
  server = await Server.start({ data: true, env: { npm_config_registry: registry.url, SECRET_OF_THE_SERVER: 'told to nobody' } });
});
after(async () => {
  await server.stop();
  registry.stop();
  rmSync(scripted, { recursive: true, force: true });
});

const call = (method, path, form) => server.request('serverless', method, path, { form });
const requiring = (name) => `exports.handler = (context, event, callback) => callback(null, require('${name}'));`;
const answering = (text) => `exports.handler = (context, event, callback) => callback(null, '${text}');`;
const packages = (list) => JSON.stringify(Object.entries(list).map(([name, version]) => ({ name, version })));

function answerOf(domain, path) {
  return new Promise((done, failed) => {
    http.get({ host: '127.0.0.1', port: server.port, path, headers: { Host: domain } }, (response) => {
      let text = '';
      response.on('data', (data) => { text += data; });
      response.on('end', () => done({ status: response.statusCode, text }));
    }).on('error', failed);
  });
}

/** Live processes whose parent is the server: npm, while it works. */
function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
    try {
      return Number(readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')[1]) === pid;
    } catch { return false; }
  });
}

test('packages are installed, and those of the same versions only once', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const hello = await service.upload('Functions', '/hello', requiring('plain'));
  const build = await service.build({ functions: [hello], Dependencies: packages({ plain: '1.0.0' }) });
  assert.equal(build.status, 'completed');
  await service.deploy(environment, build);
  assert.deepEqual(await answerOf(environment.domain_name, '/hello'), { status: 200, text: 'plain 1.0.0' });
  const asked = registry.requests.length;
  assert.equal((await service.build({ functions: [hello], Dependencies: packages({ plain: '1.0.0' }) })).status, 'completed');
  assert.equal(registry.requests.length, asked);
  const ranged = await service.build({ functions: [hello], Dependencies: `"${packages({ plain: '^1.0.0' })}"` });
  assert.equal(ranged.status, 'completed');
  assert.ok(registry.requests.length > asked);
  await service.deploy(environment, ranged);
  assert.equal((await answerOf(environment.domain_name, '/hello')).text, 'plain 1.0.0');
});

test('a package that is not there fails the build, with an alert that says so', async () => {
  const service = await Service.create(server);
  const hello = await service.upload('Functions', '/hello', answering('x'));
  for (const wanted of [{ nowhere: '1.0.0' }, { plain: '9.9.9' }]) {
    const build = await service.build({ functions: [hello], Dependencies: packages(wanted) });
    assert.equal(build.status, 'failed');
    const [alert] = (await server.control('GET', `/alerts?resource=${build.sid}`)).json.alerts;
    assert.equal(alert.error_code, '82003');
    assert.match(alert.dialtone.message, new RegExp(Object.keys(wanted)[0]));
  }
});

test('nothing that is in a package runs while it is installed', async () => {
  const service = await Service.create(server);
  const hello = await service.upload('Functions', '/hello', requiring('scripted'));
  assert.equal((await service.build({ functions: [hello], Dependencies: packages({ scripted: '1.0.0' }) })).status, 'completed');
  assert.ok(!existsSync(join(scripted, 'ran')));
});

test('killed while npm works: npm ends, and the build is made after the next start', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const hello = await service.upload('Functions', '/hello', requiring('slow'));
  const held = registry.hold('slow');
  const build = await service.made(`${service.path}/Builds`, { FunctionVersions: hello.sid, Dependencies: packages({ slow: '2.1.0' }) });
  const request = await held;
  const npm = childrenOf(server.child.pid).filter((pid) => /npm/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
  assert.equal(npm.length, 1);
  assert.doesNotMatch(readFileSync(`/proc/${npm[0]}/environ`, 'utf8'), /SECRET_OF_THE_SERVER|TWILIO/);
  await server.kill();
  await request.gone;
  await server.launch();
  await server.event('function.built', (each) => each.subject === build.sid);
  assert.equal((await call('GET', `${service.path}/Builds/${build.sid}/Status`)).json.status, 'completed');
  await service.deploy(environment, build);
  assert.equal((await answerOf(environment.domain_name, '/hello')).text, 'slow 2.1.0');
});

test('stopped while npm works and another build waits: both are made after the next start', async () => {
  const service = await Service.create(server);
  const hello = await service.upload('Functions', '/hello', requiring('slow'));
  const held = registry.hold('slow');
  const builds = [];
  for (const version of ['^2.1.0', '~2.1.0']) builds.push(await service.made(`${service.path}/Builds`, { FunctionVersions: hello.sid, Dependencies: packages({ slow: version }) }));
  const request = await held;
  server.child.kill('SIGTERM');
  await request.gone;
  assert.deepEqual(await server.exited, { code: 0, signal: null });
  await server.launch();
  for (const build of builds) {
    await server.event('function.built', (each) => each.subject === build.sid);
    assert.equal((await call('GET', `${service.path}/Builds/${build.sid}/Status`)).json.status, 'completed');
  }
});

test('a build that is deleted while it is made leaves nothing behind', async () => {
  const service = await Service.create(server);
  const hello = await service.upload('Functions', '/hello', requiring('slow'));
  const held = registry.hold('slow');
  const build = await service.made(`${service.path}/Builds`, { FunctionVersions: hello.sid, Dependencies: packages({ slow: '^2.0.0' }) });
  const request = await held;
  assert.equal((await call('DELETE', `${service.path}/Builds/${build.sid}`)).status, 204);
  request.release();
  // What follows in line is made after it.
  assert.equal((await service.build({ functions: [hello], Dependencies: packages({ plain: '~1.0.0' }) })).status, 'completed');
  assert.ok(!existsSync(join(server.data, 'functions', server.sid, service.resource.sid, 'builds', build.sid)));
});

test('killed at any moment: what was acknowledged is there, whole, and what is live answers', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const texts = new Map();  // of builds, by SID
  const uploaded = new Map();
  let last = null;          // build of the last acknowledged deployment
  let next = null;          // of the one that was asked for after it
  let count = 0;
  const source = await service.made(`${service.path}/Functions`, { FriendlyName: '/hello' });
  const work = async () => {
    for (;;) {
      const text = `number ${++count}`;
      const version = await upload(server, `${service.path}/Functions/${source.sid}/Versions`, { path: '/hello', visibility: 'public', content: answering(text) });
      assert.equal(version.status, 201, version.text);
      uploaded.set(version.json.sid, answering(text));
      const build = await call('POST', `${service.path}/Builds`, { FunctionVersions: version.json.sid });
      assert.equal(build.status, 201, build.text);
      texts.set(build.json.sid, text);
      let status = 'building';
      while (status === 'building') ({ status } = (await call('GET', `${service.path}/Builds/${build.json.sid}/Status`)).json);
      assert.equal(status, 'completed');
      next = build.json.sid;
      const deployed = await call('POST', `${service.path}/Environments/${environment.sid}/Deployments`, { BuildSid: next });
      assert.equal(deployed.status, 201, deployed.text);
      last = next;
    }
  };
  for (let round = 0; round < kRounds; ++round) {
    const working = work().catch((error) => { if (error.code === 'ERR_ASSERTION' || error instanceof TypeError) throw error; });
    const first = count;
    while (count === first) await sleep(1);
    await sleep(Math.random() * 120);
    await server.kill();
    await working;
    await server.launch();
    const live = (await call('GET', `${service.path}/Environments/${environment.sid}`)).json.build_sid;
    assert.ok(live === last || live === next, `${live} is live, after ${last} and ${next}`);
    last = live;
    if (live) assert.deepEqual(await answerOf(environment.domain_name, '/hello'), { status: 200, text: texts.get(live) });
    for (const sid of texts.keys()) {
      await server.event('function.built', (each) => each.subject === sid);
      assert.equal((await call('GET', `${service.path}/Builds/${sid}/Status`)).json.status, 'completed');
    }
    for (const [sid, content] of uploaded) {
      assert.equal((await call('GET', `${service.path}/Functions/${source.sid}/Versions/${sid}/Content`)).json.content, content);
    }
  }
  assert.deepEqual(readdirSync(join(server.data, 'functions/tmp')), []);
});

test('a full disk: an upload is refused, and taken once there is room', { skip: process.getuid() !== 0 && 'only root can mount' }, async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(data);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', data]);
  assert.equal(mounted.status, 0, String(mounted.stderr));
  const small = await Server.start({ data });
  try {
    const service = await Service.create(small);
    const asset = await service.made(`${service.path}/Assets`, { FriendlyName: 'a' });
    const send = (megabytes) => upload(small, `${service.path}/Assets/${asset.sid}/Versions`, { path: '/a', visibility: 'public', type: 'text/plain', content: Buffer.alloc(megabytes * 1024 * 1024, 'a') });
    const statuses = [];
    for (let i = 0; i < 8; ++i) statuses.push((await send(8)).status);
    assert.ok(statuses.includes(503), statuses.join(' '));
    assert.equal(statuses[0], 201);
    const full = await send(8);
    assert.deepEqual([full.status, full.json.code], [503, 20503]);
    const versions = (await small.request('serverless', 'GET', `${service.path}/Assets/${asset.sid}/Versions`)).json.asset_versions;
    assert.equal(versions.length, statuses.filter((each) => each === 201).length);
    const files = readdirSync(join(data, 'functions', small.sid, service.resource.sid, 'versions'));
    assert.deepEqual(files.sort(), versions.map((each) => each.sid).sort());
    assert.equal((await small.request('serverless', 'DELETE', `${service.path}/Assets/${asset.sid}`)).status, 204);
    const again = await service.made(`${service.path}/Assets`, { FriendlyName: 'b' });
    for (let tries = 0; ; ++tries) {
      const answer = await upload(small, `${service.path}/Assets/${again.sid}/Versions`, { path: '/b', visibility: 'public', content: Buffer.alloc(8 * 1024 * 1024) });
      if (answer.status === 201) break;
      assert.ok(tries < 100, answer.text);
      await sleep(100);
    }
  } finally {
    await small.stop();
    spawnSync('umount', [data]);
    rmSync(folder, { recursive: true, force: true });
  }
});
