// Pictures: fetched when a message is carried, kept, served at the resource's address; from phones; limits; deletion.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Hooks, twiml } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
let client;
before(async () => {
  [server, hooks] = await Promise.all([Server.start({ data: true }), Hooks.start()]);
  client = server.twilio();
});
after(() => Promise.all([server.stop(), hooks.close()]));

const limit = { timeout: 60_000 };
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const file = (path, bytes, type) => hooks.on(path, (request) => { request.response.writeHead(200, type ? { 'Content-Type': type } : {}); request.response.end(bytes); });

/** The message, once it is delivered or has failed. */
async function ended(sid) {
  for await (const each of server.events({ kind: 'message.' })) {
    if (each.subject === sid && ['message.delivered', 'message.failed'].includes(each.kind)) return client.messages(sid).fetch();
  }
}

test('a picture is fetched, kept, listed, served and deleted', limit, async () => {
  const phone = await server.newHandset();
  const sent = await client.messages.create({ to: phone, from: server.number, body: 'look', mediaUrl: [file('/a.png', png, 'image/png; x=y')], statusCallback: hooks.on('/status', { status: 204 }) });
  assert.match(sent.sid, /^MM/);
  assert.deepEqual([sent.status, sent.numMedia], ['queued', '1']);
  const got = await server.waitForMessage(phone);
  assert.deepEqual(got.media.map((each) => [each.content_type, each.size]), [['image/png', png.length]]);
  assert.deepEqual(got.media_urls, [hooks.url('/a.png')]);
  const seen = await server.request(null, 'GET', got.media[0].url);
  assert.deepEqual([seen.status, seen.headers['content-type'], seen.headers['x-content-type-options']], [200, 'image/png', 'nosniff']);
  assert.ok(seen.bytes.equals(png));
  assert.equal((await hooks.next('/a.png')).headers['x-twilio-signature'], undefined);

  const [media] = await client.messages(sent.sid).media.list();
  assert.match(media.sid, /^ME/);
  assert.deepEqual([media.contentType, media.parentSid, media.accountSid], ['image/png', sent.sid, server.sid]);
  assert.equal((await client.messages(sent.sid).media(media.sid).fetch()).uri, media.uri);
  assert.equal((await client.messages(sent.sid).media.list({ dateCreatedBefore: new Date(Date.now() - 86_400_000) })).length, 0);
  assert.equal((await client.messages(sent.sid).media.list({ dateCreated: new Date() })).length, 1);
  const address = media.uri.replace('.json', '');
  assert.equal((await server.request('api', 'GET', address, { auth: null })).status, 401);
  const there = await server.request('api', 'GET', address);
  assert.equal(there.status, 307);
  for (const host of ['api', null]) {
    const bytes = await server.request(host, 'GET', there.headers.location, { auth: null });
    assert.deepEqual([bytes.status, bytes.headers['content-type'], bytes.bytes.equals(png)], [200, 'image/png', true]);
  }
  for (const bad of [there.headers.location.replace(/Expires=\d/, 'Expires=9'), there.headers.location.replace('image%2Fpng', 'text%2Fhtml'), there.headers.location.split('?')[0]]) {
    assert.equal((await server.request(null, 'GET', bad, { auth: null })).status, 403, bad);
  }
  assert.equal(await client.messages(sent.sid).media(media.sid).remove(), true);
  await assert.rejects(client.messages(sent.sid).media(media.sid).fetch(), { status: 404 });
  assert.equal((await server.request(null, 'GET', there.headers.location, { auth: null })).status, 404);
  // The phone keeps what it got.
  assert.ok((await server.request(null, 'GET', got.media[0].url)).bytes.equals(png));
});

test('the same bytes lie on the disk once, until nobody needs them', limit, async () => {
  const folder = join(server.data, 'media', server.sid);
  const phone = await server.newHandset();
  const bytes = Buffer.concat([png, Buffer.from('twice')]);
  const sent = [];
  for (let i = 0; i < 2; ++i) sent.push(await client.messages.create({ to: phone, from: server.number, mediaUrl: [file('/twice.png', bytes, 'image/png')] }));
  for (const each of sent) assert.equal((await ended(each.sid)).status, 'delivered');
  assert.equal(readdirSync(folder).length, 1);
  await client.messages(sent[0].sid).remove();
  assert.equal(readdirSync(folder).length, 1);
  await client.messages(sent[1].sid).remove();
  assert.equal(readdirSync(folder).length, 0);
  await server.control('DELETE', `/handsets/${encodeURIComponent(phone)}`);
  // Files are taken away one after the other: what is asked for later is answered later.
  await client.messages.create({ to: server.handset, from: server.number, body: 'behind it', mediaUrl: [file('/behind.png', png, 'image/png')] });
  await server.waitForMessage(server.handset, { contains: 'behind it' });
  assert.ok(!existsSync(join(server.data, 'media', 'phones', phone)));
});

const broken = [
  ['not found', { status: 404 }, 11200],
  ['too large', { headers: { 'Content-Type': 'image/jpeg' }, body: Buffer.alloc(5_000_001) }, 11751],
  ['too large for its type', { headers: { 'Content-Type': 'audio/mpeg' }, body: Buffer.alloc(500_001) }, 11751],
  ['of a type that no phone takes', { headers: { 'Content-Type': 'application/x-msdownload' }, body: 'MZ' }, 12300],
  ['of no type', { body: 'x' }, 12300],
];
test('what cannot be fetched or sent makes the message fail, and tells why', limit, async () => {
  await Promise.all(broken.map(async ([name, answer, code], i) => {
    const sent = await client.messages.create({ to: server.handset, from: server.number, body: name, mediaUrl: [hooks.on(`/broken${i}`, answer)], statusCallback: hooks.on(`/broken-status${i}`, { status: 204 }) });
    const told = await hooks.next(`/broken-status${i}`);
    assert.deepEqual([told.params.MessageStatus, told.params.ErrorCode], ['failed', String(code)], name);
    const got = await client.messages(sent.sid).fetch();
    assert.deepEqual([got.status, got.errorCode], ['failed', code], name);
    assert.deepEqual((await server.control('GET', `/alerts?resource=${sent.sid}`)).json.alerts.map((each) => Number(each.error_code)), [code], name);
    assert.deepEqual(await client.messages(sent.sid).media.list(), [], name);
  }));
});

test('from phones: by URL, in JSON, as a form; the application gets addresses that lead to the bytes', limit, async () => {
  const number = (await server.newNumber({ SmsUrl: hooks.on('/in', { status: 204 }) })).phone_number;
  const phone = await server.newHandset();
  const path = `/handsets/${encodeURIComponent(phone)}/messages`;
  const byUrl = await server.text(phone, number, 'by URL', [file('/cat.gif', 'GIF89a', 'image/gif')]);
  const inJson = (await server.control('POST', path, { json: { to: number, body: 'in JSON', media: [{ content_type: 'image/png', data: png.toString('base64') }, { content_type: 'text/vcard', data: Buffer.from('BEGIN:VCARD').toString('base64') }] } })).json;
  const form = new FormData();
  form.set('to', number);
  form.set('body', 'as a form ✓');
  form.set('file', new Blob([png], { type: 'image/png' }), 'a.png');
  const answer = await fetch(`${server.url}/_dialtone/v1${path}`, { method: 'POST', body: form, headers: { Authorization: server.authorization } });
  assert.equal(answer.status, 201);
  const asForm = await answer.json();
  for (const [sent, body, types] of [[byUrl, 'by URL', ['image/gif']], [inJson, 'in JSON', ['image/png', 'text/vcard']], [asForm, 'as a form ✓', ['image/png']]]) {
    assert.match(sent.sid, /^MM/);
    const { params } = await hooks.next('/in', (each) => each.params.Body === body);
    assert.equal(params.NumMedia, String(types.length));
    for (const [i, type] of types.entries()) {
      assert.equal(params[`MediaContentType${i}`], type);
      assert.match(params[`MediaUrl${i}`], new RegExp(`^https://api\\.twilio\\.com/2010-04-01/Accounts/${server.sid}/Messages/${sent.sid}/Media/ME[0-9a-f]{32}$`));
      const there = await server.request('api', 'GET', new URL(params[`MediaUrl${i}`]).pathname);
      const got = await server.request('api', 'GET', there.headers.location, { auth: null });
      assert.deepEqual([got.status, got.headers['content-type'], got.bytes.length], [200, type, sent.media[i].size]);
    }
  }
  for (const [json, status, code] of [[{ media: 'x' }, 400, 20001], [{ media: [{ content_type: 'image/png', data: '%' }] }, 400, 20001], [{ media: [{ content_type: 'text/html', data: 'eA==' }] }, 400, 12300],
    [{ media_urls: [hooks.url('/nothing')] }, 400, 11200], [{ media: Array(11).fill({ content_type: 'image/png', data: 'eA==' }) }, 400, 21623]]) {
    const refused = await server.control('POST', path, { json: { to: number, body: 'x', ...json } });
    assert.deepEqual([refused.status, refused.json.code], [status, code], JSON.stringify(json));
  }
});

test('from one of our numbers to another, and back by TwiML', limit, async () => {
  const receiver = (await server.newNumber({ SmsUrl: hooks.on('/there', twiml(`<Message><Body>back</Body><Media>${file('/back.png', png, 'image/png')}</Media></Message>`)) })).phone_number;
  const sender = (await server.newNumber({ SmsUrl: hooks.on('/back-again', { status: 204 }) })).phone_number;
  await client.messages.create({ to: receiver, from: sender, body: 'forth', mediaUrl: [file('/forth.png', png, 'image/png')] });
  assert.equal((await hooks.next('/there')).params.MediaContentType0, 'image/png');
  const { params } = await hooks.next('/back-again');
  const there = await server.request('api', 'GET', new URL(params.MediaUrl0).pathname);
  assert.ok((await server.request(null, 'GET', there.headers.location, { auth: null })).bytes.equals(png));
});

test('pictures outlive a restart; in memory they work as well', limit, async () => {
  const memory = await Server.start();
  try {
    await memory.twilio().messages.create({ to: memory.handset, from: memory.number, mediaUrl: [file('/m.png', png, 'image/png')] });
    const got = await memory.waitForMessage(memory.handset);
    assert.ok((await memory.request(null, 'GET', got.media[0].url)).bytes.equals(png));
  } finally {
    await memory.stop();
  }
  const sent = await client.messages.create({ to: server.handset, from: server.number, body: 'kept', mediaUrl: [file('/k.png', png, 'image/png')] });
  const got = await server.waitForMessage(server.handset, { contains: 'kept' });
  await server.kill();
  await server.launch();
  client = server.twilio();
  assert.equal((await client.messages(sent.sid).media.list()).length, 1);
  assert.ok((await server.request(null, 'GET', got.media[0].url)).bytes.equals(png));
});
