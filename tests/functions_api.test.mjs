// serverless.twilio.com and its upload host: services and what is in them, without running any function.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';
import { Service, upload } from './support/functions.mjs';

let server;
let client;
before(async () => {
  server = await Server.start();
  client = server.twilio();
});
after(async () => { await server.stop(); });

const call = (method, path, form) => server.request('serverless', method, path, { form });
const code = 'exports.handler = (context, event, callback) => callback(null, "Hello");';

test('a service gets a domain, and is known by its SID and its unique name', async () => {
  const service = await client.serverless.v1.services.create({ uniqueName: 'My-Service', friendlyName: 'Mine' });
  assert.match(service.sid, /^ZS[0-9a-f]{32}$/);
  assert.match(service.domainBase, /^my-service-\d{4}$/);
  assert.deepEqual([service.includeCredentials, service.uiEditable], [true, false]);
  const { json } = await call('GET', '/v1/Services/My-Service');
  assert.equal(json.sid, service.sid);
  assert.match(json.date_created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(json.url, `https://serverless.twilio.com/v1/Services/${service.sid}`);
  assert.deepEqual(json.links, Object.fromEntries(['Environments', 'Functions', 'Assets', 'Builds'].map((each) => [each.toLowerCase(), `${json.url}/${each}`])));
  const changed = await call('POST', '/v1/Services/My-Service', { FriendlyName: 'Ours', UiEditable: 'true', UniqueName: 'other' });
  assert.deepEqual([changed.status, changed.json.friendly_name, changed.json.ui_editable, changed.json.unique_name], [200, 'Ours', true, 'My-Service']);
  assert.equal((await call('POST', '/v1/Services/My-Service/Environments', { UniqueName: 'dev' })).status, 201);
});

test('what a service cannot be called', async () => {
  await Service.create(server, 'taken');
  for (const [form, status, errorCode] of [
    [{ UniqueName: 'taken', FriendlyName: 'x' }, 409, 20409],
    [{ FriendlyName: 'x' }, 400, 20001],
    [{ UniqueName: 'x' }, 400, 20001],
    [{ UniqueName: 'a b', FriendlyName: 'x' }, 400, 20001],
    [{ UniqueName: 'ä', FriendlyName: 'x' }, 400, 20001],
    [{ UniqueName: '-a', FriendlyName: 'x' }, 400, 20001],
    [{ UniqueName: 'a'.repeat(51), FriendlyName: 'x' }, 400, 20001],
    [{ UniqueName: 'long', FriendlyName: 'x'.repeat(256) }, 400, 20001],
    [{ UniqueName: `ZS${'0'.repeat(32)}`, FriendlyName: 'x' }, 400, 20001],
  ]) {
    const answer = await call('POST', '/v1/Services', form);
    assert.deepEqual([answer.status, answer.json.code, answer.json.status], [status, errorCode, status], answer.text);
  }
});

test('environments: domains, suffixes, duplicates, unknown parameters', async () => {
  const service = await Service.create(server);
  const base = service.resource.domain_base;
  const production = await service.made(`${service.path}/Environments`, { UniqueName: 'production', FriendlyName: 'ignored' });
  assert.deepEqual([production.domain_name, production.domain_suffix, production.build_sid], [`${base}.twil.io`, null, null]);
  const dev = await service.environment('dev', 'dev-environment');
  assert.equal(dev.domain_name, `${base}-dev.twil.io`);
  for (const form of [{ UniqueName: 'production', DomainSuffix: 'x' }, { UniqueName: 'x', DomainSuffix: 'dev' }, { UniqueName: 'x' }]) {
    const answer = await call('POST', `${service.path}/Environments`, form);
    assert.deepEqual([answer.status, answer.json.code, answer.json.message], [409, 20409, 'Environment with this UniqueName or DomainSuffix already exists.']);
  }
  for (const DomainSuffix of ['a_b', 'a'.repeat(17), 'ä', 'a-']) {
    assert.equal((await call('POST', `${service.path}/Environments`, { UniqueName: 'y', DomainSuffix })).json.code, 20001);
  }
  assert.equal((await call('DELETE', `${service.path}/Environments/${dev.sid}`)).status, 204);
  assert.equal((await call('GET', `${service.path}/Environments/${dev.sid}`)).json.code, 20404);
  assert.equal((await service.environment('dev', 'dev-environment')).domain_name, dev.domain_name);
  assert.equal((await call('DELETE', `${service.path}/Environments/${production.sid}`)).status, 204);
  assert.equal((await service.environment('')).domain_name, production.domain_name);
});

test('variables: limits, one of each key, changes', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const path = `${service.path}/Environments/${environment.sid}/Variables`;
  const variable = await service.made(path, { Key: 'GREETING', Value: 'hi' });
  assert.match(variable.sid, /^ZV/);
  assert.equal((await service.made(path, { Key: 'EMPTY', Value: '' })).value, '');
  assert.deepEqual([(await call('POST', path, { Key: 'GREETING', Value: 'x' })).json.code], [20409]);
  for (const form of [{ Key: 'A' }, { Value: 'a' }, { Key: 'A'.repeat(129), Value: 'a' }, { Key: 'A', Value: 'ä'.repeat(226) }, { Key: 'A=B', Value: 'a' }]) {
    assert.deepEqual([(await call('POST', path, form)).json.code], [20001], JSON.stringify(form));
  }
  assert.equal((await call('POST', path, { Key: 'LONG', Value: 'a'.repeat(450) })).status, 201);
  const changed = await call('POST', `${path}/${variable.sid}`, { Value: 'hello' });
  assert.deepEqual([changed.status, changed.json.key, changed.json.value], [200, 'GREETING', 'hello']);
  assert.equal((await call('POST', `${path}/${variable.sid}`, { Key: 'EMPTY' })).json.code, 20409);
  assert.equal((await call('POST', `${path}/${variable.sid}`, { Key: 'WELCOME' })).json.key, 'WELCOME');
  assert.equal((await call('POST', path, { Key: 'GREETING', Value: 'free again' })).status, 201);
  assert.equal((await call('DELETE', `${path}/${variable.sid}`)).status, 204);
  const listed = await client.serverless.v1.services(service.resource.sid).environments(environment.sid).variables.list();
  assert.deepEqual(listed.map((each) => each.key).sort(), ['EMPTY', 'GREETING', 'LONG']);
});

test('a function is uploaded, its versions are listed and its source can be read', async () => {
  const service = await Service.create(server);
  const version = await service.upload('Functions', 'hello', code, { visibility: 'Public' });
  assert.match(version.sid, /^ZN/);
  assert.deepEqual([version.path, version.visibility], ['/hello', 'public']);
  const resource = (await call('GET', `${service.path}/Functions/${version.function_sid}`)).json;
  assert.equal(resource.friendly_name, 'hello');
  const second = await service.upload('Functions', '/hello', `${code} // é 中`, { source: resource, visibility: 'protected' });
  const sdk = client.serverless.v1.services(service.resource.sid).functions(resource.sid);
  assert.deepEqual((await sdk.functionVersions.list()).map((each) => each.sid), [second.sid, version.sid]);
  const content = await sdk.functionVersions(second.sid).functionVersionContent().fetch();
  assert.equal(content.content, `${code} // é 中`);
  const { json } = await call('GET', `${service.path}/Functions/${resource.sid}/Versions/${version.sid}`);
  assert.deepEqual(json, version);
  assert.ok(!('date_updated' in json));
  assert.equal(json.links.function_version_content, `${json.url}/Content`);
  assert.equal((await sdk.update({ friendlyName: 'hallo' })).friendlyName, 'hallo');
  assert.equal((await call('DELETE', `${service.path}/Functions/${resource.sid}`)).status, 204);
  assert.equal((await call('GET', `${service.path}/Functions/${resource.sid}/Versions/${version.sid}/Content`)).status, 404);
});

test('uploads that are refused', async () => {
  const service = await Service.create(server);
  const asset = await service.made(`${service.path}/Assets`, { FriendlyName: 'a' });
  const target = `${service.path}/Assets/${asset.sid}/Versions`;
  const good = { path: '/a.txt', visibility: 'public', content: 'a', type: 'text/plain' };
  const answers = async (change, status, errorCode, where = target) => {
    const answer = await upload(server, where, { ...good, ...change });
    assert.deepEqual([answer.status, answer.json.code], [status, errorCode], `${JSON.stringify(change).slice(0, 80)} ${answer.text}`);
  };
  await answers({ auth: `Basic ${Buffer.from(`${server.sid}:wrong`).toString('base64')}` }, 401, 20003);
  for (const change of [{ path: undefined }, { visibility: undefined }, { content: undefined }, { visibility: 'secret' },
    { path: '/a?b' }, { path: '/a b' }, { path: `/${'a'.repeat(255)}` }, { path: '/a\u0007' }]) await answers(change, 400, 20001);
  await answers({ content: Buffer.alloc(10 * 1024 * 1024 + 1), visibility: 'private' }, 413, 20413);
  await answers({ content: Buffer.alloc(25 * 1024 * 1024 + 1) }, 413, 20413);
  await answers({ headers: { 'Content-Type': 'multipart/form-data' } }, 400, 20001);
  await answers({ headers: { 'Content-Type': 'application/json' } }, 415, 20415);
  await answers({}, 404, 20404, `${service.path}/Functions/${asset.sid}/Versions`);
  await answers({}, 404, 20404, `/v1/Services/ZS${'0'.repeat(32)}/Assets/${asset.sid}/Versions`);
  await answers({}, 404, 20404, '/v1/elsewhere');
  assert.equal((await server.request('serverless-upload', 'GET', target)).status, 405);
  // By unique name too, and through the largest that is allowed.
  const made = await upload(server, `/v1/Services/${service.resource.unique_name}/Assets/${asset.sid}/Versions`, { ...good, content: Buffer.alloc(25 * 1024 * 1024, 'a') });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.asset_sid, asset.sid);
});

test('a build is building, then completed; the default packages are always in it', async () => {
  const service = await Service.create(server);
  const hello = await service.upload('Functions', '/hello', code);
  const page = await service.upload('Assets', '/index.html', '<h1>hi</h1>', { type: 'text/html' });
  const begun = await service.made(`${service.path}/Builds`, { FunctionVersions: [hello.sid], AssetVersions: [page.sid] });
  assert.deepEqual([begun.status, begun.runtime], ['building', 'node22']);
  assert.deepEqual(begun.dependencies.map((each) => each.name), ['twilio', '@twilio/runtime-handler']);
  await server.event('function.built', (each) => each.subject === begun.sid);
  const status = (await call('GET', `${service.path}/Builds/${begun.sid}/Status`)).json;
  assert.deepEqual(status, { sid: begun.sid, account_sid: server.sid, service_sid: service.resource.sid, status: 'completed', url: `${begun.url}/Status` });
  const build = (await call('GET', `${service.path}/Builds/${begun.sid}`)).json;
  const { links, url, ...row } = hello;
  assert.deepEqual(build.function_versions, [row]);
  assert.equal(build.asset_versions[0].asset_sid, page.asset_sid);
});

test('builds that are refused, and one that fails', async () => {
  const service = await Service.create(server);
  const other = await Service.create(server);
  const hello = await service.upload('Functions', '/hello', code);
  const again = await service.upload('Assets', '/hello', 'text');
  const foreign = await other.upload('Functions', '/hello', code);
  for (const [form, errorCode] of [
    [{}, 20001],
    [{ FunctionVersions: foreign.sid }, 20001],
    [{ FunctionVersions: hello.sid, AssetVersions: again.sid }, 20001],
    [{ FunctionVersions: hello.sid, Runtime: 'node14' }, 82007],
    [{ FunctionVersions: hello.sid, Runtime: 'node18' }, 82007],
    [{ FunctionVersions: hello.sid, Runtime: 'python3' }, 20001],
    [{ FunctionVersions: hello.sid, Dependencies: 'lodash' }, 20001],
    [{ FunctionVersions: hello.sid, Dependencies: '[{"name":"x","version":"file:/etc"}]' }, 20001],
    [{ FunctionVersions: hello.sid, Dependencies: '[{"name":"../x","version":"1.0.0"}]' }, 20001],
    [{ FunctionVersions: hello.sid, Dependencies: JSON.stringify(Array.from({ length: 101 }, (_, i) => ({ name: `p${i}`, version: '1.0.0' }))) }, 20001],
  ]) {
    const answer = await call('POST', `${service.path}/Builds`, form);
    assert.deepEqual([answer.status, answer.json.code], [400, errorCode], answer.text);
  }
  const failed = await service.build({ functions: [hello], Dependencies: '[{"name":"@twilio/runtime-handler","version":"latest"}]' });
  assert.equal(failed.status, 'failed');
  const alerts = (await server.control('GET', `/alerts?resource=${failed.sid}`)).json.alerts;
  assert.deepEqual(alerts.map((each) => each.error_code), ['82003']);
  const environment = await service.environment();
  const answer = await call('POST', `${service.path}/Environments/${environment.sid}/Deployments`, { BuildSid: failed.sid });
  assert.deepEqual([answer.status, answer.json.code], [400, 20001]);
});

test('a runtime that is given stays; all that is current is taken', async () => {
  const service = await Service.create(server);
  const hello = await service.upload('Functions', '/hello', code);
  for (const Runtime of ['node20', 'node24']) assert.equal((await service.build({ functions: [hello], Runtime })).runtime, Runtime);
  assert.equal((await service.build({ functions: [hello] })).runtime, 'node24');
});

test('a build goes live, is rolled back and is taken off', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  const hello = await service.upload('Functions', '/hello', code);
  const first = await service.build({ functions: [hello] });
  const second = await service.build({ functions: [hello] });
  const live = async () => (await call('GET', `${service.path}/Environments/${environment.sid}`)).json.build_sid;
  const deployment = await service.deploy(environment, first);
  assert.match(deployment.sid, /^ZD/);
  assert.equal(await live(), first.sid);
  const same = await call('POST', `${service.path}/Environments/${environment.sid}/Deployments`, { BuildSid: first.sid });
  assert.deepEqual([same.status, same.json.code], [409, 20409]);
  await service.deploy(environment, second);
  assert.equal((await call('DELETE', `${service.path}/Builds/${second.sid}`)).status, 409);
  await service.deploy(environment, first);
  assert.equal(await live(), first.sid);
  assert.equal((await call('DELETE', `${service.path}/Builds/${second.sid}`)).status, 204);
  const none = await service.deploy(environment);
  assert.deepEqual([none.build_sid, await live()], [null, null]);
  const all = await client.serverless.v1.services(service.resource.sid).environments(environment.sid).deployments.list();
  assert.deepEqual(all.map((each) => each.buildSid), [null, first.sid, second.sid, first.sid]);
  const unknown = await call('POST', `${service.path}/Environments/${environment.sid}/Deployments`, { BuildSid: `ZB${'0'.repeat(32)}` });
  assert.deepEqual([unknown.status, unknown.json.code], [400, 20001]);
});

test('variables that are too much for an environment stop its deployment', async () => {
  const service = await Service.create(server);
  const environment = await service.environment();
  for (let i = 0; i < 8; ++i) await service.made(`${service.path}/Environments/${environment.sid}/Variables`, { Key: `LONG_${i}`, Value: 'x'.repeat(450) });
  const build = await service.build({ functions: [await service.upload('Functions', '/hello', code)] });
  const answer = await call('POST', `${service.path}/Environments/${environment.sid}/Deployments`, { BuildSid: build.sid });
  assert.deepEqual([answer.status, answer.json.code], [400, 82006], answer.text);
});

test('a service goes with all that is in it, and its names are free again', async () => {
  const service = await Service.create(server, 'short-lived');
  const environment = await service.environment();
  const build = await service.build({ functions: [await service.upload('Functions', '/hello', code)] });
  await service.deploy(environment, build);
  assert.equal((await call('DELETE', '/v1/Services/short-lived')).status, 204);
  for (const path of ['', '/Environments', `/Environments/${environment.sid}`, `/Builds/${build.sid}`]) assert.equal((await call('GET', service.path + path)).status, 404, path);
  await Service.create(server, 'short-lived');
});

test('lists come in pages, newest first', async () => {
  const service = await Service.create(server);
  for (let i = 0; i < 5; ++i) await service.made(`${service.path}/Functions`, { FriendlyName: `f${i}` });
  const page = (await call('GET', `${service.path}/Functions?PageSize=2`)).json;
  assert.deepEqual(page.functions.map((each) => each.friendly_name), ['f4', 'f3']);
  assert.equal(page.meta.key, 'functions');
  const all = await client.serverless.v1.services(service.resource.unique_name).functions.list({ pageSize: 2 });
  assert.deepEqual(all.map((each) => each.friendlyName), ['f4', 'f3', 'f2', 'f1', 'f0']);
  const whole = (await call('GET', `${service.path}/Functions`)).json;
  assert.equal(whole.meta.next_page_url, null);
});

test('another account sees nothing of it', async () => {
  const service = await Service.create(server);
  const account = await client.api.v2010.accounts.create({ friendlyName: 'Other' });
  const auth = `Basic ${Buffer.from(`${account.sid}:${account.authToken}`).toString('base64')}`;
  for (const path of [service.path, `/v1/Services/${service.resource.unique_name}`, `${service.path}/Builds`]) {
    assert.equal((await server.request('serverless', 'GET', path, { auth })).status, 404);
  }
  assert.equal((await server.request('serverless', 'POST', '/v1/Services', { auth, form: { UniqueName: service.resource.unique_name, FriendlyName: 'x' } })).status, 201);
});
