// An application's web server, as a test sees it: keeps what it was asked, answers what it was told to.

import { createRequire } from 'node:module';
import http from 'node:http';
import https from 'node:https';

const require = createRequire(import.meta.url);
const twilio = require('twilio');
const kWaitMs = 20_000;

export class Hooks {
  /** tls: { key, cert } for https */
  static async start({ tls, host = '127.0.0.1' } = {}) {
    const hooks = new Hooks();
    hooks.requests = [];
    hooks.answers = new Map();
    hooks.waiting = [];
    const listener = (request, response) => hooks.take(request, response);
    hooks.server = tls ? https.createServer(tls, listener) : http.createServer(listener);
    hooks.server.keepAliveTimeout = 1000;
    await new Promise((done) => hooks.server.listen(0, host, done));
    hooks.port = hooks.server.address().port;
    hooks.base = `${tls ? 'https' : 'http'}://${host}:${hooks.port}`;
    return hooks;
  }

  url(path) { return this.base + path; }

  /** answer: TwiML, { status, headers, body }, or a function of the request that gives one of these (or answers itself). */
  on(path, answer) {
    this.answers.set(path, answer);
    return this.url(path);
  }

  async take(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const path = request.url.split('?')[0];
    const seen = { method: request.method, target: request.url, path, headers: request.headers, rawHeaders: request.rawHeaders, body,
      pairs: [...new URLSearchParams(request.method === 'GET' ? request.url.split('?')[1] ?? '' : body)], response };
    seen.params = Object.fromEntries(seen.pairs);
    this.requests.push(seen);
    let answer = this.answers.get(path) ?? { status: 404, body: 'nothing here' };
    if (typeof answer === 'function') answer = await answer(seen);
    if (answer !== undefined) {
      if (typeof answer === 'string') answer = { headers: { 'Content-Type': 'text/xml' }, body: answer };
      response.writeHead(answer.status ?? 200, answer.headers ?? {});
      response.end(answer.body ?? '');
    }
    this.waiting = this.waiting.filter((wait) => !wait());
  }

  /** The first request to `path` that fits; waits for it. */
  next(path, fits = () => true) {
    return this.until(() => this.requests.find((each) => each.path === path && fits(each)), `a request to ${path}`);
  }

  /** All requests to `path`, once there are `count`. */
  all(path, count) {
    return this.until(() => {
      const found = this.requests.filter((each) => each.path === path);
      return found.length >= count ? found : undefined;
    }, `${count} requests to ${path}`);
  }

  until(look, what) {
    const found = look();
    if (found) return Promise.resolve(found);
    return new Promise((done, failed) => {
      const limit = setTimeout(() => failed(new Error(`${what} did not come; there were ${this.requests.map((each) => each.target).join(', ')}`)), kWaitMs);
      this.waiting.push(() => {
        const now = look();
        if (!now) return false;
        clearTimeout(limit);
        done(now);
        return true;
      });
    });
  }

  /** Is the request signed with the token, by the official SDK's own judgement? */
  isSigned(request, token, url = this.base + request.target) {
    return twilio.validateRequest(token, request.headers['x-twilio-signature'] ?? '', url, request.method === 'POST' ? request.params : {});
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

export const twiml = (inside) => `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`;
