'use strict';
// One request: the handler is called, and the first call of its callback is the answer. The request travels with all work
// that it starts, so that a line logged after the answer still bears its SID and not that of a request that runs then.

const { AsyncLocalStorage } = require('node:async_hooks');
const { inspect } = require('node:util');
const { Form } = require('./channel.cjs');
const { Response, isResponse, isTwiml } = require('./response.cjs');

const kLogLinesMax = 1000;  // of one request
const kStatusOfError = 500;
const kBodyBytesMax = 4 * 1024 * 1024;

const storage = new AsyncLocalStorage();
const { stringify } = JSON;

class Request {
  constructor(channel, id, index, sid) {
    this.channel = channel;
    this.id = id;
    this.index = index;
    this.sid = sid;
    this.answered = false;
    this.lines = 0;
  }
}

const current = () => storage.getStore();

function run(environment, channel, id, index, sid, text) {
  storage.run(new Request(channel, id, index, sid), start, environment, text);
}

function start(environment, text) {
  const request = storage.getStore();
  try {
    const handler = environment.handler(request.index);
    if (typeof handler === 'function') {
      call(environment, request, handler, text);
    } else {
      // An ES module is loaded by a promise.
      handler.then((ready) => call(environment, request, ready, text)).catch((error) => fail(request, error));
    }
  } catch (error) {
    fail(request, error);
  }
}

function call(environment, request, handler, text) {
  try {
    const result = handler(environment.context(request.index), JSON.parse(text), (error, payload) => {
      if (request.answered) return;
      try {
        if (error) answerError(request, error);
        else answer(request, payload);
      } catch (problem) {
        fail(request, problem);
      }
    });
    // Only the callback answers; but a promise that fails has no one else to tell.
    if (result !== undefined && result !== null && typeof result.then === 'function') {
      result.then(undefined, (error) => fail(request, error));
    }
  } catch (error) {
    fail(request, error);
  }
}

function answer(request, payload) {
  if (typeof payload === 'string') {
    answerText(request, Form.kText, payload);
  } else if (payload === undefined || payload === null) {
    answerText(request, Form.kJson, '');
  } else if (typeof payload === 'object') {
    if (isTwiml(payload)) {
      answerText(request, Form.kXml, payload.toString());
    } else if (isResponse(payload)) {
      answerResponse(request, payload);
    } else if (payload instanceof Uint8Array) {
      answerBytes(request, 200, [['Content-Type', 'application/octet-stream']], viewOf(payload));
    } else {
      answerText(request, Form.kJson, stringify(payload) ?? '');
    }
  } else {
    answerText(request, Form.kJson, stringify(payload) ?? '');
  }
}

function answerText(request, form, text) {
  if (text.length > kBodyBytesMax / 3) checkSize(Buffer.byteLength(text));
  request.channel.answerText(request.id, 200, form, text);
  request.answered = true;
}

function answerBytes(request, status, headers, bytes) {
  checkSize(bytes.length);
  request.channel.answer(request.id, status, headers, bytes);
  request.answered = true;
}

function checkSize(size) {
  if (size > kBodyBytesMax) throw new RangeError(`The body of a response can have ${kBodyBytesMax} bytes at most, not ${size}`);
}

const viewOf = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

function answerResponse(request, response) {
  const { statusCode, headers, body } = response;
  if (!Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw new RangeError(`The status code of a response must be a number from 200 to 599, not ${inspect(statusCode)}`);
  }
  const pairs = [];
  let typed = false;
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() === 'content-type') typed = true;
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) pairs.push([name, String(each)]);
    }
  }
  let bytes;
  let type = 'application/json';
  if (body === undefined || body === null) {
    bytes = Buffer.alloc(0);
    type = 'text/plain; charset=utf-8';
  } else if (typeof body === 'string') {
    bytes = Buffer.from(body);
    type = 'text/plain; charset=utf-8';
  } else if (body instanceof Uint8Array) {
    bytes = viewOf(body);
    type = 'application/octet-stream';
  } else if (typeof body === 'object' && isTwiml(body)) {
    bytes = Buffer.from(body.toString());
    type = 'text/xml';
  } else {
    bytes = Buffer.from(stringify(body) ?? '');
  }
  if (!typed) pairs.push(['Content-Type', type]);
  answerBytes(request, statusCode, pairs, bytes);
}

/** What a handler gave as the error of its callback. */
function answerError(request, error) {
  const { channel, id } = request;
  write(request, 2, describe(error));
  if (typeof error === 'string') channel.answerText(id, kStatusOfError, Form.kText, error);
  else channel.answerText(id, kStatusOfError, Form.kJson, stringify(plain(error)) ?? '');
  request.answered = true;
}

/** What a handler threw, or could not be made into an answer. */
function fail(request, error) {
  if (request.answered) {
    write(request, 2, describe(error));
    return;
  }
  try {
    answerError(request, error instanceof Error || typeof error === 'object' && error !== null ? error : new Error(String(error)));
  } catch {
    request.answered = true;
    request.channel.answerText(request.id, kStatusOfError, Form.kText, 'The error of the function cannot be shown');
  }
}

function plain(error) {
  if (!isError(error)) return error;
  return { message: String(error.message), name: String(error.name), stack: String(error.stack) };
}

function describe(error) {
  if (isError(error)) return inspect(error);
  return typeof error === 'string' ? error : inspect(error);
}

/** Also an error of another module's realm. */
function isError(error) {
  return error instanceof Error || (typeof error === 'object' && error !== null && typeof error.stack === 'string' && 'message' in error);
}

/** Logs a line of the request that this work belongs to. */
function write(request, level, text) {
  if (!request) return;
  if (++request.lines > kLogLinesMax) {
    if (request.lines === kLogLinesMax + 1) {
      request.channel.log(1, request.index, request.sid, `More than ${kLogLinesMax} lines of one request: the rest is dropped`);
    }
    return;
  }
  request.channel.log(level, request.index, request.sid, text);
}

module.exports = { Response, current, run, fail, write };
