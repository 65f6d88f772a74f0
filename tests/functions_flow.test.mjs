// Experience 2 of the laboratory by the SDK: from a service to a function that answers; and what functions wrote, in logs,
// events and alerts.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, root } from './support/server.mjs';
import { Service, upload } from './support/functions.mjs';

let server;
let client;
before(async () => {
  server = await Server.start();
  client = server.twilio();
});
after(async () => { await server.stop(); });

function ask(domain, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((done, failed) => {
    const request = http.request({ host: '127.0.0.1', port: server.port, path, method, headers: { Host: domain, ...headers } }, (response) => {
      let text = '';
      response.on('data', (data) => { text += data; });
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on('error', failed);
    request.end(body);
  });
}

const script = (name) => readFileSync(join(root, 'examples/laboratory/scripts', `${name}.js`), 'utf8');

test('the laboratory\'s three scripts are deployed step by step and answer', async () => {
  const { services } = client.serverless.v1;
  const service = await services.create({ uniqueName: 'laboratory', friendlyName: 'The laboratory' });
  const here = services(service.sid);
  const environment = await here.environments.create({ uniqueName: 'dev', domainSuffix: 'dev' });
  const versions = [];
  for (const name of ['json-answer', 'text-answer', 'call-answer']) {
    const made = await here.functions.create({ friendlyName: name });
    const version = await upload(server, `/v1/Services/${service.sid}/Functions/${made.sid}/Versions`, { path: `/${name}`, visibility: 'public', content: script(name) });
    assert.equal(version.status, 201, version.text);
    versions.push(version.json.sid);
  }
  const build = await here.builds.create({ functionVersions: versions });
  await server.event('function.built', (each) => each.subject === build.sid);
  assert.equal((await here.builds(build.sid).buildStatus().fetch()).status, 'completed');
  await here.environments(environment.sid).deployments.create({ buildSid: build.sid });
  const { domainName } = await here.environments(environment.sid).fetch();

  const json = await ask(domainName, '/json-answer?name=Han');
  assert.equal(json.headers['content-type'].split(';')[0], 'application/json');
  assert.equal(JSON.parse(json.text).you, 'Han');
  const call = await ask(domainName, '/call-answer', { method: 'POST' });
  assert.match(call.headers['content-type'], /^text\/xml/);
  assert.match(call.text, /<Say>.*<\/Say><Play>.*<\/Play>/);
  for (const address of [`https://${domainName}/text-answer`, `http://${domainName.replace('.twil.io', '')}.localhost:${server.port}/text-answer`]) {
    const number = await client.incomingPhoneNumbers.create({ areaCode: '415', smsUrl: address });
    await server.text(server.handset, number.phoneNumber, 'twelve?');
    assert.match((await server.waitForMessage(server.handset, { from: number.phoneNumber })).body, /^You wrote "twelve\?"/);
  }
});

const noisy = `exports.handler = (context, event, callback) => {
  console.log('one', { two: 2 });
  console.warn('careful');
  console.error(new Error('broken').message);
  callback(null, 'done');
};`;

test('what a function writes is in the logs, newest first, by function, level and time; and in events and alerts', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const functions = [await service.upload('Functions', '/noisy', noisy), await service.upload('Functions', '/other', noisy)];
  await service.deploy(environment, await service.build({ functions }));
  const answer = await ask(environment.domain_name, '/noisy');
  await ask(environment.domain_name, '/other');
  const request = answer.headers['twilio-request-id'];
  await server.event('function.log', (each) => each.subject === request && each.data.level === 'ERROR');
  await server.event('function.log', (each) => each.data.function_sid === functions[1].function_sid && each.data.level === 'ERROR');

  const logs = client.serverless.v1.services(service.resource.sid).environments(environment.sid).logs;
  const mine = await logs.list({ functionSid: functions[0].function_sid });
  assert.deepEqual(mine.map((each) => [each.level, each.message]), [['ERROR', 'broken'], ['WARN', 'careful'], ['INFO', 'one { two: 2 }']]);
  assert.ok(mine.every((each) => each.requestSid === request && /^ZB/.test(each.buildSid) && /^ZD/.test(each.deploymentSid)));
  assert.equal((await logs(mine[0].sid).fetch()).message, 'broken');
  assert.equal((await logs.list()).length, 6);
  const hour = 3600 * 1000;
  assert.equal((await logs.list({ startDate: new Date(Date.now() - hour), endDate: new Date(Date.now() + hour) })).length, 6);
  assert.equal((await logs.list({ endDate: new Date(Date.now() - hour) })).length, 0);
  const path = `${service.path}/Environments/${environment.sid}/Logs`;
  const warnings = (await server.request('serverless', 'GET', `${path}?Level=warn`)).json.logs;
  assert.deepEqual(warnings.map((each) => each.message), ['careful', 'careful']);
  assert.equal((await server.request('serverless', 'GET', `${path}?StartDate=soon`)).json.code, 20001);
  const alerts = (await server.control('GET', `/alerts?resource=${functions[0].function_sid}`)).json.alerts;
  assert.deepEqual(alerts.map((each) => [each.error_code, each.log_level]).sort(), [['82004', 'warning'], ['82005', 'error']]);
});

test('requests that began on a build end on it; none fails while others are deployed', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const source = await service.made(`${service.path}/Functions`, { FriendlyName: '/which' });
  const builds = [];
  for (const name of ['a', 'b']) {
    const code = `exports.handler = (context, event, callback) => setTimeout(() => callback(null, '${name}'), 30);`;
    builds.push(await service.build({ functions: [await service.upload('Functions', '/which', code, { source })] }));
  }
  await service.deploy(environment, builds[0]);
  let running = true;
  const answers = [];
  const asking = Array.from({ length: 4 }, async () => {
    while (running) answers.push(await ask(environment.domain_name, '/which'));
  });
  for (let i = 1; i <= 6; ++i) {
    await service.deploy(environment, builds[i % 2]);
    assert.equal((await ask(environment.domain_name, '/which')).text, i % 2 ? 'b' : 'a');
  }
  running = false;
  await Promise.all(asking);
  assert.deepEqual(answers.filter((each) => each.status !== 200 || !/^[ab]$/.test(each.text)), []);
});

test('credentials are told unless the service says otherwise', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const code = `exports.handler = (context, event, callback) => callback(null, String(context.ACCOUNT_SID));`;
  await service.deploy(environment, await service.build({ functions: [await service.upload('Functions', '/who', code)] }));
  assert.equal((await ask(environment.domain_name, '/who')).text, server.sid);
  await server.request('serverless', 'POST', service.path, { form: { IncludeCredentials: 'false' } });
  assert.equal((await ask(environment.domain_name, '/who')).text, 'undefined');
});

test('an environment that is deleted, or has nothing deployed, is not there', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  assert.equal((await ask(environment.domain_name, '/hello')).status, 404);
  await service.deploy(environment, await service.build({ functions: [await service.upload('Functions', '/hello', script('json-answer'))] }));
  assert.equal((await ask(environment.domain_name, '/hello')).status, 200);
  await service.deploy(environment);
  assert.equal((await ask(environment.domain_name, '/hello')).status, 404);
  assert.equal((await server.request('serverless', 'DELETE', `${service.path}/Environments/${environment.sid}`)).status, 204);
  assert.equal((await ask(environment.domain_name, '/hello')).status, 404);
});

test('a snapshot brings functions back, also those that were deleted; a reset takes them away', async () => {
  const other = await Server.start({ data: true });
  const whole = (domain, path) => new Promise((done) => {
    http.get({ host: '127.0.0.1', port: other.port, path, headers: { Host: domain } }, (response) => { response.resume(); done(response.statusCode); });
  });
  try {
    const service = await Service.create(other);
    const environment = await service.environment();
    await service.deploy(environment, await service.build({ functions: [await service.upload('Functions', '/hello', script('json-answer'))] }));
    assert.equal((await other.control('POST', '/snapshots', { json: { name: 'deployed' } })).status, 201);
    assert.equal((await other.request('serverless', 'DELETE', service.path)).status, 204);
    assert.equal(await whole(environment.domain_name, '/hello'), 404);
    const restored = await other.control('POST', '/snapshots/deployed/restore');
    assert.ok(restored.status < 300, restored.text);
    assert.equal(await whole(environment.domain_name, '/hello'), 200);
    const reset = await other.control('POST', '/reset');
    assert.ok(reset.status < 300, reset.text);
    assert.equal(await whole(environment.domain_name, '/hello'), 404);
    assert.equal((await other.request('serverless', 'GET', '/v1/Services')).json.services.length, 0);
    // Once nothing can bring them back, the files go, too: with the next start at the latest.
    const files = join(other.data, 'functions', other.sid, service.resource.sid, 'builds');
    assert.equal(readdirSync(files).length, 1);
    assert.ok((await other.control('DELETE', '/snapshots/deployed')).status < 300);
    await other.kill();
    await other.launch();
    while (existsSync(files) && readdirSync(files).length > 0) await other.control('GET', '/health');
  } finally {
    await other.stop();
  }
});
