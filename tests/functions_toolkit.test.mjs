// The official serverless toolkit, unchanged, through the proxy: a project with functions in folders, protected and private
// files, assets, variables and packages from npm is deployed, listed, promoted, changed and read from.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Server, binary, root, temporaryFolder } from './support/server.mjs';

const run = promisify(execFile);
const project = temporaryFolder();
const files = {
  'package.json': JSON.stringify({ name: 'toolkit-project', version: '1.0.0', private: true,
    dependencies: { twilio: '6.2.0', '@twilio/runtime-handler': '2.1.0', 'left-pad': '1.3.0' }, engines: { node: '22' } }),
  '.twilioserverlessrc': JSON.stringify({ runtime: 'node22' }),
  '.env': 'GREETING=Good day\nEMPTY=\n',
  'functions/hello.js': `exports.handler = (context, event, callback) => {
    console.log('asked by', event.name);
    callback(null, context.GREETING + ' ' + event.name);
  };`,
  'functions/sms/reply.js': `const { shout } = require(Runtime.getFunctions()['sms/helper'].path);
  exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message(shout(event.Body));
    callback(null, twiml);
  };`,
  'functions/sms/helper.private.js': `exports.shout = (text) => require('left-pad')(text.toUpperCase(), 8, '*');`,
  'functions/secret.protected.js': `exports.handler = (context, event, callback) => callback(null, 'signed');`,
  'functions/data.js': `exports.handler = (context, event, callback) => callback(null, JSON.parse(Runtime.getAssets()['/data.json'].open()));`,
  'assets/data.private.json': '{"answer": 42}',
  'assets/page.html': '<h1>A page</h1>',
  'assets/style/main.css': 'h1 { color: teal }',
  'assets/hidden.protected.txt': 'signed only',
};

let server;
let environment;
before(async () => {
  server = await Server.start({ data: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  // The toolkit reads the version of what the project has installed.
  mkdirSync(join(project, 'node_modules'));
  environment = { ...server.environment, HOME: project, TWILIO_ACCOUNT_SID: server.sid, TWILIO_AUTH_TOKEN: server.token };
});
after(async () => {
  await server.stop();
  rmSync(project, { recursive: true, force: true });
});

/** `dialtone run -- twilio-run …` in the project's folder; gives all it wrote. */
async function toolkit(...args) {
  const bin = join(root, 'tests/node_modules/twilio-run/bin/twilio-run.js');
  const command = ['run', '--port', String(server.port), '--', process.execPath, bin, ...args];
  try {
    const { stdout, stderr } = await run(binary, command, { cwd: project, env: { ...environment, CI: '1' }, timeout: 240_000 });
    return stdout + stderr;
  } catch (error) {
    throw new Error(`twilio-run ${args.join(' ')}: ${error.message}\n${error.stdout}\n${error.stderr}`);
  }
}

const answerOf = (domain, path, options = {}) => new Promise((done, failed) => {
  const request = http.request({ host: '127.0.0.1', port: server.port, path, method: options.method ?? 'GET', headers: { Host: domain, ...options.headers } }, (response) => {
    let text = '';
    response.on('data', (data) => { text += data; });
    response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
  });
  request.on('error', failed);
  request.end(options.body);
});

const rest = async (path) => (await server.request('serverless', 'GET', path)).json;
let service;
let domain;
const environments = async () => (await rest(`/v1/Services/${service.sid}/Environments`)).environments;

test('deploy: all of it is uploaded, built with its packages, and live', async () => {
  const output = await toolkit('deploy', '--username', server.sid, '--password', server.token);
  [service] = (await rest('/v1/Services')).services;
  assert.equal(service.unique_name, 'toolkit-project');
  const [dev] = await environments();
  assert.equal(dev.domain_suffix, 'dev');
  domain = dev.domain_name;
  for (const path of ['hello', 'sms/reply', 'secret', 'data', 'page.html', 'style/main.css', 'hidden.txt']) assert.ok(output.includes(`https://${domain}/${path}`), output);
  const build = await rest(`/v1/Services/${service.sid}/Builds/${dev.build_sid}`);
  assert.equal(build.status, 'completed');
  assert.equal(build.runtime, 'node22');
  assert.ok(build.dependencies.some((each) => each.name === 'left-pad' && each.version === '1.3.0'), JSON.stringify(build.dependencies));
  assert.equal(build.function_versions.length, 5);
  const variables = (await rest(`/v1/Services/${service.sid}/Environments/${dev.sid}/Variables`)).variables;
  assert.deepEqual(variables.map((each) => [each.key, each.value]), [['GREETING', 'Good day']]);
});

test('what was deployed answers', async () => {
  assert.equal((await answerOf(domain, '/hello?name=Ada')).text, 'Good day Ada');
  const reply = await answerOf(domain, '/sms/reply', { method: 'POST', body: 'Body=hi', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.match(reply.headers['content-type'], /^text\/xml/);
  assert.match(reply.text, /<Message>\*{6}HI<\/Message>/);
  assert.deepEqual(JSON.parse((await answerOf(domain, '/data')).text), { answer: 42 });
  const page = await answerOf(domain, '/page.html');
  assert.deepEqual([page.status, page.text], [200, '<h1>A page</h1>']);
  assert.match(page.headers['content-type'], /^text\/html/);
  for (const path of ['/secret', '/hidden.txt']) assert.equal((await answerOf(domain, path)).status, 403, path);
  for (const path of ['/sms/helper', '/data.json', '/nothing']) assert.equal((await answerOf(domain, path)).status, 404, path);
});

test('a text to a number whose SmsUrl is the function gets its answer, signed, without any name server', async () => {
  const number = await server.newNumber({ SmsUrl: `https://${domain}/sms/reply` });
  await server.text(server.handset, number.phone_number, 'hello');
  assert.equal((await server.waitForMessage(server.handset, { from: number.phone_number })).body, '***HELLO');
  const signed = await server.newNumber({ SmsUrl: `https://${domain}/secret` });
  await server.text(server.handset, signed.phone_number, 'hello');
  assert.equal((await server.waitForMessage(server.handset, { from: signed.phone_number })).body, 'signed');
});

test('list and logs tell what is there', async () => {
  const list = await toolkit('list', 'services,environments,builds,functions,assets,variables', '--properties', 'unique_name,domain_name,sid,path,key', '--environment', 'dev', '--extended-output', '--service-name', 'toolkit-project', '--username', server.sid, '--password', server.token);
  for (const word of ['toolkit-project', domain, '/sms/reply', '/style/main.css', 'GREETING']) assert.ok(list.includes(word), list);
  await server.event('function.log', (each) => each.data.message === 'asked by Ada');
  const logs = await toolkit('logs', '--environment', 'dev', '--username', server.sid, '--password', server.token);
  assert.match(logs, /asked by Ada/);
});

test('env: variables are set, listed and removed, and functions see it at once', async () => {
  const common = ['--environment', 'dev', '--service-sid', service.sid, '--username', server.sid, '--password', server.token];
  await toolkit('env', 'set', '--key', 'GREETING', '--value', 'Welcome', ...common);
  assert.equal((await answerOf(domain, '/hello?name=Ada')).text, 'Welcome Ada');
  assert.match(await toolkit('env', 'list', '--show-values', ...common), /GREETING[\s\S]*Welcome/);
  assert.match(await toolkit('env', 'get', '--key', 'GREETING', ...common), /Welcome/);
  await toolkit('env', 'unset', '--key', 'GREETING', ...common);
  assert.equal((await answerOf(domain, '/hello?name=Ada')).text, 'undefined Ada');
});

test('promote: the build goes live in production, and only once', async () => {
  const args = ['promote', '--source-environment', 'dev', '--production', '--create-environment', '--service-sid', service.sid, '--username', server.sid, '--password', server.token];
  await toolkit(...args);
  const production = (await environments()).find((each) => each.domain_suffix === null);
  assert.equal(production.domain_name, `${service.domain_base}.twil.io`);
  assert.equal((await answerOf(production.domain_name, '/hello?name=Ada')).status, 200);
  await assert.rejects(toolkit(...args), /20409|already|409/);
});

test('a second deployment reuses what is there, and its packages', async () => {
  writeFileSync(join(project, 'functions/hello.js'), `exports.handler = (context, event, callback) => callback(null, 'changed');`);
  await toolkit('deploy', '--override-existing-project', '--username', server.sid, '--password', server.token);
  assert.equal((await rest('/v1/Services')).services.length, 1);
  assert.equal((await answerOf(domain, '/hello')).text, 'changed');
  const functions = (await rest(`/v1/Services/${service.sid}/Functions`)).functions;
  assert.equal(functions.length, 5);
});

test('what is deployed outlives the program', async () => {
  await server.kill();
  await server.launch();
  environment = { ...environment, TWILIO_ACCOUNT_SID: server.sid, TWILIO_AUTH_TOKEN: server.token };
  assert.equal((await answerOf(domain, '/hello')).text, 'changed');
  assert.equal((await answerOf(domain, '/style/main.css')).text, files['assets/style/main.css']);
});
