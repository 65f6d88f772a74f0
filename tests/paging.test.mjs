import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

const total = 7;
let server;
let base;       // of the 2010 API
before(async () => {
  server = await Server.start();
  base = `/2010-04-01/Accounts/${server.sid}`;
  for (let i = 0; i < total; ++i) {
    await server.request('api', 'POST', `${base}/Queues.json`, { form: { FriendlyName: `queue ${i}` } });
    await server.request('sync', 'POST', '/v1/Services', { form: { FriendlyName: `service ${i}` } });
  }
});
after(async () => { await server.stop(); });

const names = (rows) => rows.map((row) => row.friendly_name ?? row.friendlyName);
const newestFirst = (word) => Array.from({ length: total }, (_, i) => `${word} ${total - 1 - i}`);

test('a list of the 2010 API has every paging field, and its links lead forward and back', async () => {
  const get = async (url) => (await server.request('api', 'GET', url)).json;
  const first = await get(`${base}/Queues.json?PageSize=3`);
  assert.deepEqual(Object.keys(first).sort(), ['end', 'first_page_uri', 'next_page_uri', 'page', 'page_size', 'previous_page_uri', 'queues', 'start', 'uri']);
  assert.deepEqual([first.page, first.page_size, first.start, first.end], [0, 3, 0, 2]);
  assert.equal(first.uri, `${base}/Queues.json?PageSize=3&Page=0`);
  assert.equal(first.first_page_uri, `${base}/Queues.json?PageSize=3&Page=0`);
  assert.equal(first.previous_page_uri, null);
  assert.equal(first.next_page_uri, `${base}/Queues.json?PageSize=3&Page=1&PageToken=PA${first.queues.at(-1).sid}`);

  const second = await get(first.next_page_uri);
  assert.deepEqual([second.page, second.start, second.end], [1, 3, 5]);
  assert.equal(second.uri, first.next_page_uri);
  assert.equal(second.previous_page_uri, `${base}/Queues.json?PageSize=3&Page=0&PageToken=PB${second.queues[0].sid}`);
  const third = await get(second.next_page_uri);
  assert.deepEqual([third.page, third.start, third.end, third.next_page_uri], [2, 6, 6, null]);
  assert.deepEqual(names([...first.queues, ...second.queues, ...third.queues]), newestFirst('queue'));

  const back = await get(third.previous_page_uri);
  assert.deepEqual(names(back.queues), names(second.queues));
  assert.deepEqual([back.page, back.start, back.end], [1, 3, 5]);
  const start = await get(back.previous_page_uri);
  assert.deepEqual(names(start.queues), names(first.queues));
  assert.equal(start.previous_page_uri, null);
});

test('a list of a product API has meta with absolute URLs and the key', async () => {
  const get = async (url) => (await server.request('sync', 'GET', url.replace(/^https?:\/\/[^/]+/, ''))).json;
  const origin = `http://sync.localhost:${server.port}`;
  const first = await get('/v1/Services?PageSize=3');
  const all = (await get('/v1/Services?PageSize=50')).services;
  assert.deepEqual(Object.keys(first.meta), ['page', 'page_size', 'first_page_url', 'previous_page_url', 'url', 'next_page_url', 'key']);
  assert.deepEqual({ ...first.meta, next_page_url: '' }, { page: 0, page_size: 3, first_page_url: `${origin}/v1/Services?PageSize=3&Page=0`,
    previous_page_url: null, url: `${origin}/v1/Services?PageSize=3&Page=0`, next_page_url: '', key: 'services' });
  const second = await get(first.meta.next_page_url);
  assert.equal(second.meta.page, 1);
  assert.equal(second.meta.url, first.meta.next_page_url);
  assert.deepEqual(names((await get(second.meta.previous_page_url)).services), names(first.services));
  let rows = [];
  for (let page = first; page; page = page.meta.next_page_url && await get(page.meta.next_page_url)) rows = [...rows, ...page.services];
  assert.deepEqual(rows, all);
});

test('a last page that is full has no next page', async () => {
  const full = (await server.request('api', 'GET', `${base}/Queues.json?PageSize=${total}`)).json;
  assert.equal(full.next_page_uri, null);
  assert.equal(full.queues.length, total);
});

test('an empty list starts and ends at 0 and leads nowhere', async () => {
  const { json } = await server.request('api', 'GET', `${base}/Applications.json`);
  assert.deepEqual([json.applications, json.start, json.end, json.next_page_uri, json.previous_page_uri], [[], 0, 0, null, null]);
  assert.equal(json.page_size, 50);
  const product = await server.request('studio', 'GET', '/v2/Flows');
  assert.deepEqual([product.json.flows, product.json.meta.next_page_url], [[], null]);
});

test('a page size over 1000 is cut to it, and one of 0 means 1', async () => {
  const size = async (value) => (await server.request('api', 'GET', `${base}/Queues.json?PageSize=${value}`)).json.page_size;
  assert.equal(await size(5000), 1000);
  assert.equal(await size(1000), 1000);
  assert.equal(await size(0), 1);
  assert.equal((await server.request('sync', 'GET', '/v1/Services?PageSize=9999')).json.meta.page_size, 1000);
});

test('what is no page, size or token is refused', async () => {
  for (const [query, code] of [['PageSize=many', 20001], ['PageSize=-1', 20001], ['Page=x', 20001], ['PageToken=XX1', 21481], ['PageToken=P', 21481],
    ['Page=1&PageToken=%00%00%00', 21481], [`PageToken=PA${'a'.repeat(1000)}`, 21481]]) {
    for (const [product, path] of [['api', `${base}/Queues.json`], ['sync', '/v1/Services']]) {
      const answer = await server.request(product, 'GET', `${path}?${query}`);
      assert.deepEqual([answer.status, answer.json.code], [400, code], `${product} ${query}`);
    }
  }
  // A token that leads past the end is no error.
  assert.deepEqual((await server.request('api', 'GET', `${base}/Queues.json?Page=9&PageToken=PA0`)).json.queues, []);
});

test('the links say the filters again', async () => {
  const { json } = await server.request('api', 'GET', `${base}/Messages.json?To=%2B14155550100&DateSent%3E=2008-01-02&PageSize=2`);
  assert.equal(json.uri, `${base}/Messages.json?To=%2B14155550100&DateSent%3E=2008-01-02&PageSize=2&Page=0`);
  assert.equal(json.first_page_uri, json.uri);
});

test('the SDK lists, pages, and goes through all', async () => {
  for (const version of ['twilio', 'twilio-v4', 'twilio-v3']) {
    const client = server.twilio(version);
    assert.deepEqual(names(await client.queues.list({ limit: 5, pageSize: 2 })), newestFirst('queue').slice(0, 5), version);
    assert.equal((await client.queues.list({ limit: 20_000 })).length, total);
    const page = await client.queues.page({ pageSize: 3 });
    assert.deepEqual(names(page.instances), newestFirst('queue').slice(0, 3));
    const next = await page.nextPage();
    assert.deepEqual(names(next.instances), newestFirst('queue').slice(3, 6));
    assert.deepEqual(names((await next.previousPage()).instances), names(page.instances));
    assert.equal(await (await next.nextPage()).nextPage(), undefined);
    const seen = [];
    await new Promise((done, failed) => client.queues.each({ pageSize: 2, done: (error) => (error ? failed(error) : done()) }, (queue) => { seen.push(queue); }));
    assert.deepEqual(names(seen), newestFirst('queue'));

    const services = await client.sync.v1.services.page({ pageSize: 3 });
    const later = await services.nextPage();
    assert.equal(later.instances.length, 3);
    assert.deepEqual(names((await later.previousPage()).instances), names(services.instances));
    assert.deepEqual(names(await client.sync.v1.services.list({ pageSize: 2 })).sort(), newestFirst('service').sort());
  }
});

test('the newest APIs page by tokens alone', async () => {
  for (let i = 0; i < 5; ++i) {
    const made = await server.request('memory', 'POST', '/v1/ControlPlane/Stores', { json: { displayName: `store${i}`, description: 'x' } });
    assert.ok(made.status < 300, made.text);
  }
  const first = (await server.request('memory', 'GET', '/v1/ControlPlane/Stores?pageSize=3')).json;
  assert.equal(first.meta.key, 'stores');
  assert.equal(first.meta.pageSize, 3);
  const second = (await server.request('memory', 'GET', `/v1/ControlPlane/Stores?pageSize=3&pageToken=${first.meta.nextToken}`)).json;
  assert.equal(new Set([...first.stores, ...second.stores]).size, 5);
  assert.equal(second.meta.nextToken, undefined);
});
