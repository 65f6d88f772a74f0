// The C++ client under test: a driver that calls its operations by name, and a recorder between it and the program, which
// keeps each request as it came, byte for byte.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { shapeOf } from './openapi.mjs';
import { binary, cleanEnvironment } from './server.mjs';
import { Walk } from './walk.mjs';

export const driverBinary = join(dirname(binary), 'clients/cpp/client_driver');
export const driverSkip = existsSync(driverBinary) ? false : 'the client library is not built';

/** Passes requests on to the program and keeps both sides; without a program it answers for itself. */
export class Recorder {
  static async start(server, answer = () => ({ status: 200, body: '{}' })) {
    const recorder = new Recorder();
    recorder.exchanges = [];
    recorder.agent = new http.Agent({ keepAlive: true });
    recorder.http = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const exchange = { method: request.method, target: request.url, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      recorder.exchanges.push(exchange);
      const given = server ? await recorder.forward(server, exchange) : answer(exchange);
      exchange.answer = given;
      response.writeHead(given.status, given.headers ?? { 'Content-Type': 'application/json' });
      response.end(given.body);
    });
    await new Promise((done) => recorder.http.listen(0, '127.0.0.1', done));
    recorder.port = recorder.http.address().port;
    recorder.url = `http://127.0.0.1:${recorder.port}`;
    return recorder;
  }

  forward(server, { method, target, headers, body }) {
    return new Promise((done, failed) => {
      const sent = this.authorization ? { ...headers, authorization: this.authorization } : headers;
      const request = http.request({ host: '127.0.0.1', port: server.port, method, path: target, headers: sent, agent: this.agent }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      });
      request.on('error', failed);
      request.end(body);
    });
  }

  async close() {
    this.agent.destroy();
    this.http.closeAllConnections();
    await new Promise((done) => this.http.close(done));
  }
}

export class Driver {
  /** options: of driver.cpp; env: more of the environment */
  constructor(url, sid, token, { options = {}, env = {} } = {}) {
    this.child = spawn(driverBinary, [url], { stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, DRIVER_OPTIONS: JSON.stringify(options), ...env } });
    this.errors = '';
    this.child.stderr.on('data', (data) => { this.errors += data; });
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift().done(JSON.parse(line)));
    this.exited = new Promise((done) => this.child.on('exit', (code) => {
      for (const each of this.waiting) each.failed(new Error(`the driver ended with ${code}: ${this.errors}`));
      done(code);
    }));
  }

  call(operation, path, values) {
    return new Promise((done, failed) => {
      this.waiting.push({ done, failed });
      this.child.stdin.write(`${JSON.stringify({ operation, path, values })}\n`);
    });
  }

  stop() {
    this.child.stdin.end();
    return this.exited;
  }
}

const templatePart = (text) => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
/** The values of a template's placeholders in a path. */
export function pathValues(template, path) {
  const names = [];
  const pattern = template.split(/\{([^}]*)\}/).map((part, i) => (i % 2 ? (names.push(part), '([^/]+?)') : templatePart(part))).join('');
  return new RegExp(`^${pattern}$`).exec(path.split('?')[0]).slice(1).map(decodeURIComponent);
}

/** All that is sent of an operation, by the names it has on the wire. */
export function valuesOf(operation, sent) {
  const values = {};
  for (const name of new Set(sent.query.keys())) {
    const all = sent.query.getAll(name);
    values[name] = all.length > 1 ? all : all[0];
  }
  Object.assign(values, sent.headers, sent.form ?? {});
  delete values['Content-Type'];
  if (sent.json !== undefined) {
    // A body without members of its own is one value, named content.
    Object.assign(values, { content: sent.json }, sent.json);
  }
  return values;
}

/** Walks all operations with the C++ client in the place of plain requests. */
export class ClientWalk extends Walk {
  constructor(server, driver, recorder) {
    super(server);
    Object.assign(this, { driver, recorder, calls: [], turns: new Map(), queue: Promise.resolve() });
  }

  async run() {
    await super.run();
    // What the walk did not come to: a path that was asked for once and that two documents have, or something that only an
    // application can bring about. Each is called all the same; that there is nothing is an answer too.
    for (const operation of this.catalogue.operations) {
      if (this.turns.has(operation)) continue;
      const sent = this.request(operation, true);
      const url = this.url(this.byPath.get(shapeOf(operation.host, operation.segments)));
      await this.exchangeAlone([operation], operation.method, sent.query.size > 0 ? `${url}?${sent.query}` : url, sent);
    }
  }

  /** One at a time, so that the recorder knows whose request it sees. */
  exchange(path, operations, method, target, sent, body, headers) {
    this.queue = this.queue.then(() => this.exchangeAlone(operations, method, target, sent, headers));
    return this.queue;
  }

  async exchangeAlone(operations, method, target, sent, extra = {}) {
    this.recorder.authorization = extra.Authorization;  // of an operation that another account is to call
    // Several documents may have one path: they take turns.
    const operation = operations.reduce((a, b) => ((this.turns.get(b) ?? 0) < (this.turns.get(a) ?? 0) ? b : a));
    this.turns.set(operation, (this.turns.get(operation) ?? 0) + 1);
    const before = this.recorder.exchanges.length;
    const path = pathValues(operation.template, target);
    const values = valuesOf(operation, sent);
    const result = await this.driver.call(`${operation.document.name} ${operation.id}`, path, values);
    const exchange = this.recorder.exchanges[before];
    if (!exchange) throw new Error(`${operation.label} was not sent: ${JSON.stringify(result)}`);
    const { status, headers, body } = exchange.answer;
    const text = body.toString('utf8');
    let json;
    try { json = JSON.parse(text); } catch { json = undefined; }
    this.calls.push({ operation, path, values, exchange, result, json, status });
    return { status, headers, text, json };
  }
}
