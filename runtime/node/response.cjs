'use strict';
// Twilio.Response, and how it and a TwiML document are known. By shape, not by class: a function may have brought its own
// copy of the package.

class Response {
  constructor({ statusCode = 200, body = null, headers = {} } = {}) {
    this.statusCode = statusCode;
    this.body = body;
    this.headers = {};
    this.setHeaders(headers);
  }

  setStatusCode(statusCode) {
    this.statusCode = statusCode;
    return this;
  }

  setBody(body) {
    this.body = body;
    return this;
  }

  /** Takes the place of all headers so far. */
  setHeaders(headers) {
    if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return this;
    this.headers = {};
    for (const [name, value] of Object.entries(headers)) this.appendHeader(name, value);
    return this;
  }

  appendHeader(name, value) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) throw new Error('Header value cannot be an object');
    const key = name.toLowerCase() === 'set-cookie' ? 'Set-Cookie' : name;
    const values = Array.isArray(value) ? value : [value];
    const before = Object.hasOwn(this.headers, key) ? this.headers[key] : undefined;
    if (before !== undefined) this.headers[key] = [].concat(before, values);
    else this.headers[key] = key === 'Set-Cookie' ? [...values] : value;
    return this;
  }

  setCookie(name, value, attributes = []) {
    return this.appendHeader('Set-Cookie', [`${name}=${value}`, ...attributes].join(';'));
  }

  /** Takes back what this response said about the cookie, and tells the client to forget it. */
  removeCookie(name) {
    const cookies = [].concat(this.headers['Set-Cookie'] ?? []).filter((cookie) => !cookie.startsWith(`${name}=`));
    this.headers['Set-Cookie'] = [...cookies, `${name}=;Max-Age=0`];
    return this;
  }
}

function isResponse(value) {
  return value instanceof Response ||
    (value.constructor?.name === 'Response' && typeof value.statusCode === 'number' && typeof value.headers === 'object');
}

const kTwiml = new Set(['TwiML', 'VoiceResponse', 'MessagingResponse', 'FaxResponse']);
const known = new WeakMap();  // by prototype: the chain is walked once

function isTwiml(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return false;
  let is = known.get(prototype);
  if (is === undefined) {
    is = false;
    for (let each = prototype; each && each !== Object.prototype && !is; each = Object.getPrototypeOf(each)) {
      is = kTwiml.has(each.constructor?.name) && typeof prototype.toString === 'function';
    }
    known.set(prototype, is);
  }
  return is;
}

module.exports = { Response, isResponse, isTwiml };
