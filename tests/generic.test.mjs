import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let base;
before(async () => {
  server = await Server.start();
  base = `/2010-04-01/Accounts/${server.sid}`;
});
after(async () => { await server.stop(); });

const post = async (product, path, form) => server.request(product, 'POST', path, { form });
const get = async (product, path) => server.request(product, 'GET', path);
const seed = (url, properties) => server.control('POST', '/resources', { json: { url, properties } });

test('unique names are unique, and stand in place of the SID', async () => {
  const service = (await post('sync', '/v1/Services', { FriendlyName: 'names' })).json.sid;
  const workspace = (await post('taskrouter', '/v1/Workspaces', { FriendlyName: 'w' })).json.sid;
  for (const [product, collection, form] of [['sync', `/v1/Services/${service}/Documents`, { UniqueName: 'doc' }], ['sync', `/v1/Services/${service}/Maps`, { UniqueName: 'map' }],
    ['serverless', '/v1/Services', { UniqueName: 'functions', FriendlyName: 'f' }], ['taskrouter', `/v1/Workspaces/${workspace}/TaskChannels`, { FriendlyName: 'c', UniqueName: 'channel' }],
    ['video', '/v1/Rooms', { UniqueName: 'room' }]]) {
    const made = await post(product, collection, form);
    assert.equal(made.status, 201, made.text);
    const again = await post(product, collection, form);
    assert.deepEqual([again.status, again.json.code], [409, 20409], collection);
    const byName = await get(product, `${collection}/${form.UniqueName}`);
    assert.equal(byName.status, 200, byName.text);
    assert.equal(byName.json.sid, made.json.sid);
  }
});

test('a name is free again when its resource is gone or renamed', async () => {
  const service = (await post('sync', '/v1/Services', {})).json.sid;
  const documents = `/v1/Services/${service}/Documents`;
  await post('sync', documents, { UniqueName: 'a' });
  assert.equal((await server.request('sync', 'DELETE', `${documents}/a`)).status, 204);
  assert.equal((await get('sync', `${documents}/a`)).status, 404);
  assert.equal((await post('sync', documents, { UniqueName: 'a' })).status, 201);

  const one = (await post('proxy', '/v1/Services', { UniqueName: 'one' })).json;
  const two = (await post('proxy', '/v1/Services', { UniqueName: 'two' })).json;
  assert.equal((await post('proxy', `/v1/Services/${two.sid}`, { UniqueName: 'one' })).status, 409);
  assert.equal((await get('proxy', '/v1/Services/two')).json.sid, two.sid);
  assert.equal((await post('proxy', `/v1/Services/${one.sid}`, { UniqueName: 'three' })).json.unique_name, 'three');
  assert.equal((await get('proxy', '/v1/Services/one')).status, 404);
  assert.equal((await post('proxy', `/v1/Services/${two.sid}`, { UniqueName: 'one' })).json.sid, two.sid);
});

test('a child lives under its parent by SID or name, and in no other', async () => {
  const service = (await post('serverless', '/v1/Services', { UniqueName: 'parents', FriendlyName: 'p' })).json;
  const made = await post('serverless', '/v1/Services/parents/Environments', { UniqueName: 'dev' });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.service_sid, service.sid);
  const bySid = await get('serverless', `/v1/Services/${service.sid}/Environments/${made.json.sid}`);
  assert.equal(bySid.json.sid, made.json.sid);
  assert.equal((await get('serverless', '/v1/Services/parents/Environments')).json.environments.length, 1);
  const other = (await post('serverless', '/v1/Services', { UniqueName: 'others', FriendlyName: 'o' })).json;
  assert.equal((await get('serverless', `/v1/Services/${other.sid}/Environments/${made.json.sid}`)).status, 404);
  assert.equal((await post('serverless', `/v1/Services/ZS${'0'.repeat(32)}/Environments`, { UniqueName: 'dev' })).status, 404);
  assert.equal((await get('serverless', '/v1/Services/nobody/Environments')).status, 404);
});

test('what lies below a parent goes with it, to the last level', async () => {
  const workspace = (await post('taskrouter', '/v1/Workspaces', { FriendlyName: 'w' })).json.sid;
  const worker = (await post('taskrouter', `/v1/Workspaces/${workspace}/Workers`, { FriendlyName: 'alice' })).json.sid;
  const channel = `/v1/Workspaces/${workspace}/Workers/${worker}/Channels/WC${'1'.repeat(32)}`;
  assert.equal((await seed(`https://taskrouter.twilio.com${channel}`, {})).status, 201);
  assert.equal((await get('taskrouter', channel)).status, 200);
  assert.equal((await server.request('taskrouter', 'DELETE', `/v1/Workspaces/${workspace}`)).status, 204);
  for (const path of ['', '/Workers', `/Workers/${worker}`, `/Workers/${worker}/Channels`]) {
    assert.equal((await get('taskrouter', `/v1/Workspaces/${workspace}${path}`)).status, 404, path);
  }
  assert.equal((await get('taskrouter', channel)).status, 404);
});

test('a resource keeps what it was given and tells when it changed', async () => {
  const made = (await post('taskrouter', '/v1/Workspaces', { FriendlyName: 'before', EventCallbackUrl: 'https://example.com/e' })).json;
  assert.equal(made.event_callback_url, 'https://example.com/e');
  assert.equal(made.account_sid, server.sid);
  assert.match(made.date_created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(made.url, `https://taskrouter.twilio.com/v1/Workspaces/${made.sid}`);
  assert.equal(made.links.workers, `https://taskrouter.twilio.com/v1/Workspaces/${made.sid}/Workers`);
  const changed = (await post('taskrouter', `/v1/Workspaces/${made.sid}`, { FriendlyName: 'after' })).json;
  assert.equal(changed.friendly_name, 'after');
  assert.equal(changed.event_callback_url, 'https://example.com/e');
  assert.equal(changed.sid, made.sid);
  assert.deepEqual((await get('taskrouter', `/v1/Workspaces/${made.sid}`)).json, changed);
});

test('filters of a list compare with the property, dates with bounds', async () => {
  const recordings = `${base}/Recordings`;
  const sids = [];
  for (const [i, day] of [3, 4, 5].entries()) {
    const date = new Date(Date.UTC(2024, 0, day, 10)).toUTCString().replace('GMT', '+0000');
    const made = await seed(`https://api.twilio.com${recordings}.json`, { date_created: date, call_sid: `CA${String(i).repeat(32)}` });
    assert.equal(made.status, 201, made.text);
    sids.push(made.json.sid);
  }
  const found = async (query) => (await get('api', `${recordings}.json?${query}`)).json.recordings.map((each) => sids.indexOf(each.sid)).sort();
  assert.deepEqual(await found(''), [0, 1, 2]);
  assert.deepEqual(await found('DateCreated=2024-01-04'), [1]);
  assert.deepEqual(await found('DateCreated%3C=2024-01-04'), [0, 1]);
  assert.deepEqual(await found('DateCreated%3E=2024-01-04'), [1, 2]);
  assert.deepEqual(await found('DateCreated%3E=2024-01-04T11:00:00Z'), [2]);
  assert.deepEqual(await found('DateCreated%3C=2024-01-04T10:00:00Z&DateCreated%3E=2024-01-04T10:00:00Z'), [1]);
  assert.deepEqual(await found(`CallSid=CA${'2'.repeat(32)}`), [2]);
  assert.deepEqual(await found('DateCreated=2030-01-01'), []);
  const answer = await get('api', `${recordings}.json?DateCreated%3E=never`);
  assert.deepEqual([answer.status, answer.json.code], [400, 20001]);
});

test('a filter reaches past a page, and pages of it follow each other', async () => {
  for (let i = 0; i < 6; ++i) await post('api', `${base}/Applications.json`, { FriendlyName: i % 2 ? 'odd' : 'even' });
  const first = (await get('api', `${base}/Applications.json?FriendlyName=odd&PageSize=2`)).json;
  assert.equal(first.applications.length, 2);
  const second = (await get('api', first.next_page_uri)).json;
  assert.deepEqual([second.applications.length, second.next_page_uri], [1, null]);
  assert.ok([...first.applications, ...second.applications].every((each) => each.friendly_name === 'odd'));
});

test('the coverage says of each operation whose behaviour it has, and the header says it of each answer', async () => {
  const { json } = await server.control('GET', '/coverage', { auth: null });
  assert.deepEqual([json.documents, json.total, json.operations.length], [71, 1695, 1695]);
  assert.equal(json.own + json.generic + json.none, 1695);
  for (const kind of ['own', 'generic', 'none']) assert.equal(json.operations.filter((each) => each.behaviour === kind).length, json[kind]);
  const of = (operation) => json.operations.find((each) => each.operation === operation).behaviour;
  assert.deepEqual([of('CreateMessage'), of('CreateQueue'), of('FetchDay')], ['own', 'generic', 'none']);
  assert.equal((await get('api', `${base}/Queues.json`)).headers['dialtone-behaviour'], 'generic');
  assert.equal((await get('api', `${base}/Messages.json`)).headers['dialtone-behaviour'], undefined);
  const none = await get('bulkexports', '/v1/Exports/Messages/Days/2024-01-01');
  assert.deepEqual([none.status, none.json.status], [501, 501]);
  assert.match(none.json.more_info, /^https:\/\/www\.twilio\.com\/docs\/errors\/\d+$/);
});

test('resources that only Twilio makes are made by hand', async () => {
  const made = await seed(`https://api.twilio.com${base}/Conferences.json`, { friendly_name: 'room', status: 'in-progress' });
  assert.equal(made.status, 201, made.text);
  const client = server.twilio();
  const [conference] = await client.conferences.list({ friendlyName: 'room' });
  assert.equal(conference.sid, made.json.sid);
  assert.equal(conference.status, 'in-progress');
  for (const [url, status] of [['ftp://x', 400], ['https://example.com/x', 400], ['https://api.twilio.com/nothing', 404], [7, 400],
    [`https://api.twilio.com/2010-04-01/Accounts/AC${'0'.repeat(32)}/Conferences.json`, 401], ['https://sync.twilio.com/v1/Services/a%2Fb', 400]]) {
    assert.equal((await seed(url, {})).status, status, String(url));
  }
});
