// Short links in messages: who opens them is led on, and the application is told.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';


let server;
let client;
let service;
let domain;
let hook;
before(async () => {
  server = await Server.start({ logLevel: 'error' });
  client = server.twilio();
  hook = await Hooks.start();
  hook.on('/clicks', { status: 204 });
  service = (await client.messaging.v1.services.create({ friendlyName: 'links' })).sid;
  const number = await server.newNumber();
  await client.messaging.v1.services(service).phoneNumbers.create({ phoneNumberSid: number.sid });
  const made = await server.control('POST', '/link-domains', { json: { name: 'Links.Example.com' } });
  assert.equal(made.status, 201, made.text);
  domain = made.json.sid;
  assert.match(domain, /^DN[0-9a-f]{32}$/);
});
after(async () => {
  await hook.close();
  await server.stop();
});

const open = (path, options = {}) => server.request(null, options.method ?? 'GET', path, { auth: null, ...options, headers: { Host: `${options.host ?? 'links.example.com'}`, ...options.headers } });
const long = 'https://shop.example.com/rewards?customer=42&offer=spring';
const sent = async (body, extra = {}) => {
  const { sid } = await client.messages.create({ to: server.handset, messagingServiceSid: service, shortenUrls: true, body, ...extra });
  await server.event('message.delivered', (each) => each.subject === sid);
  return client.messages(sid).fetch();
};

test('a service without a domain fails to shorten', async () => {
  const { sid } = await client.messages.create({ to: server.handset, messagingServiceSid: service, shortenUrls: true, body: `Go to ${long}` });
  await server.event('message.failed', (each) => each.subject === sid);
  assert.equal((await client.messages(sid).fetch()).errorCode, 30103);
  const plain = await client.messages.create({ to: server.handset, from: server.number, shortenUrls: true, body: long });
  assert.equal((await client.messages(plain.sid).fetch()).body, long);
});

test('the domain is set up over the API', async () => {
  const links = client.messaging.v1;
  await assert.rejects(links.linkshorteningMessagingServiceDomainAssociation(service).fetch(), { status: 404 });
  const linked = await links.linkshorteningMessagingService(domain, service).create();
  assert.deepEqual([linked.domainSid, linked.messagingServiceSid], [domain, service]);
  assert.equal((await links.linkshorteningMessagingServiceDomainAssociation(service).fetch()).domainSid, domain);
  const other = (await server.control('POST', '/link-domains', { json: { name: 'go.example.com' } })).json.sid;
  await assert.rejects(links.linkshorteningMessagingService(other, service).create(), { status: 400, code: 30130 });
  const config = await links.domainConfig(domain).update({ fallbackUrl: 'https://www.example.com/gone', callbackUrl: hook.url('/clicks'), continueOnFailure: false });
  assert.deepEqual([config.domainSid, config.fallbackUrl, config.continueOnFailure, config.disableHttps], [domain, 'https://www.example.com/gone', false, false]);
  assert.match(config.configSid, /^ZK/);
  assert.equal((await links.domainConfig(domain).fetch()).callbackUrl, hook.url('/clicks'));
  assert.equal((await links.domainConfigMessagingService(service).fetch()).messagingServiceSid, service);
  await assert.rejects(links.domainConfig(domain).update({ fallbackUrl: 'nowhere' }), { status: 400, code: 30122 });
  assert.equal((await links.domainValidateDns(domain).fetch()).isValid, true);
  await assert.rejects(links.domainCerts(domain).fetch(), { status: 404, code: 20404 });
  await assert.rejects(links.domainCerts(domain).update({ tlsCert: 'nonsense' }), { status: 400, code: 20001 });
  const key = join(server.folder, 'key.pem');
  const certificate = join(server.folder, 'cert.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', certificate, '-days', '30', '-subj', '/CN=links.example.com'], { stdio: 'ignore' });
  const kept = await links.domainCerts(domain).update({ tlsCert: readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8') });
  assert.match(kept.certificateSid, /^CW/);
  assert.equal(kept.domainName, 'https://links.example.com');
  assert.ok(kept.dateExpires > new Date());
  await links.domainCerts(domain).remove();
  assert.equal((await links.requestManagedCert(domain).update()).managed, true);
  await assert.rejects(links.domainConfig(`DN${'0'.repeat(32)}`).fetch(), { status: 404, code: 20404 });
  assert.deepEqual((await server.control('GET', '/link-domains')).json.domains.map((each) => each.domain_name).sort(), ['https://go.example.com', 'https://links.example.com']);
  for (const name of ['links.example.com', 'nohost', 'api.twilio.com', '../x.y']) assert.ok([400, 409].includes((await server.control('POST', '/link-domains', { json: { name } })).status), name);
});

test('links become short, lead on, and clicks are told', async () => {
  const message = await sent(`Start saving: ${long}. Or http://other.example/x!`);
  const [, first, second] = message.body.match(/^Start saving: https:\/\/links\.example\.com\/([0-9A-Za-z]{10})\. Or https:\/\/links\.example\.com\/([0-9A-Za-z]{10})!$/) ?? assert.fail(message.body);
  assert.equal(message.numSegments, '1');
  assert.notEqual(first, second);
  const looked = await open(`/${first}`, { method: 'HEAD' });
  assert.deepEqual([looked.status, looked.headers.location], [307, long]);
  const followed = await open(`/${first}`, { headers: { 'User-Agent': 'Phone/1' } });
  assert.deepEqual([followed.status, followed.headers.location], [307, long]);
  const told = await hook.next('/clicks');
  const { click_time: time, ...rest } = told.params;
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual(rest, { event_type: 'click', sms_sid: message.sid, to: server.handset, from: message.from, link: long, messaging_service_sid: service, account_sid: server.sid, user_agent: 'Phone/1' });
  assert.equal(hook.isSigned(told, server.token), true);
  assert.equal((await open(`/${second}?x=1`, { host: 'links.example.com.localhost' })).headers.location, 'http://other.example/x');
  assert.equal((await server.event('link.clicked')).data.user_agent, 'Phone/1');
  // As a browser on the phone does it, over TLS, through the proxy.
  const seen = execFileSync('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', '--proxy', server.url, '--cacert', server.caFile, `https://links.example.com/${first}`], { env: { ...process.env, no_proxy: '' } }).toString();
  assert.equal(seen, `307 ${long}`);
  assert.equal((await open(`/${first}`, { method: 'POST' })).status, 405);
});

test('what is unknown or too old leads to the fallback, or nowhere', async () => {
  const message = await sent(long, { smartEncoded: false });
  const path = new URL(message.body).pathname;
  assert.equal((await open('/AAAAAAAAAA')).headers.location, 'https://www.example.com/gone');
  await server.control('POST', '/clock/advance', { json: { by: '91d' } });
  assert.equal((await open(path)).headers.location, 'https://www.example.com/gone');
  await client.messaging.v1.domainConfig(domain).update({ fallbackUrl: '', disableHttps: true });
  assert.equal((await open(path)).status, 404);
  const codes = (await client.monitor.v1.alerts.list()).map((each) => each.errorCode);
  assert.ok(codes.includes('30104') && codes.includes('30105'), codes.join());
  assert.match((await sent(`See ${long}`)).body, /^See links\.example\.com\/[0-9A-Za-z]{10}$/);
  assert.equal((await sent('No link')).body, 'No link');
});

test('pictures become links where there are none', async () => {
  const british = await server.newNumber({ AreaCode: '', PhoneNumber: '+447400123456' });
  const phone = await server.newHandset('+447400123457');
  const own = (await client.messaging.v1.services.create({ friendlyName: 'pictures' })).sid;
  await client.messaging.v1.services(own).phoneNumbers.create({ phoneNumberSid: british.sid });
  const picture = 'https://pictures.example/owl.png';
  const { sid } = await client.messages.create({ to: phone, messagingServiceSid: own, body: 'Look', mediaUrl: [picture] });
  await server.event('message.delivered', (each) => each.subject === sid);
  const message = await client.messages(sid).fetch();
  const [, path] = message.body.match(/^Look\nhttps:\/\/p\.twil\.io(\/[0-9A-Za-z]{7})$/) ?? assert.fail(message.body);
  assert.equal(message.numMedia, '0');
  assert.equal((await open(path, { host: 'p.twil.io' })).headers.location, picture);
  assert.equal((await open('/0000000', { host: 'p.twil.io' })).status, 404);
  await client.messaging.v1.services(own).update({ mmsConverter: false });
  await assert.rejects(client.messages.create({ to: phone, messagingServiceSid: own, body: 'Look', mediaUrl: [picture] }), { code: 21703 });
});

test('without the domain the service shortens no more', async () => {
  await client.messaging.v1.linkshorteningMessagingService(domain, service).remove();
  await assert.rejects(client.messaging.v1.linkshorteningMessagingService(domain, service).remove(), { status: 404 });
  const { sid } = await client.messages.create({ to: server.handset, messagingServiceSid: service, shortenUrls: true, body: long });
  await server.event('message.failed', (each) => each.subject === sid);
});
