'use strict';
// console.* and what is written to the standard streams become log lines of the request they belong to.

const { Console } = require('node:console');
const { Writable } = require('node:stream');
const { format } = require('node:util');
const { current, write } = require('./request.cjs');

const kLineCharactersMax = 16 * 1024;
const kInfo = 0;
const kWarn = 1;
const kError = 2;

function line(level, text) {
  const request = current();
  if (!request) return;
  write(request, level, text.length > kLineCharactersMax ? `${text.slice(0, kLineCharactersMax)} …` : text);
}

function installConsole() {
  const stream = (level) => new Writable({
    decodeStrings: false,
    write(chunk, encoding, done) {
      line(level, String(chunk).replace(/\n$/, ''));
      done();
    },
  });
  // table, dir, group, count, time and the like write to the streams of a console.
  const full = new Console({ stdout: stream(kInfo), stderr: stream(kError), colorMode: false });
  for (const name of Object.keys(full)) {
    if (typeof full[name] === 'function') console[name] = full[name];
  }
  for (const [name, level] of [['log', kInfo], ['info', kInfo], ['debug', kInfo], ['warn', kWarn], ['error', kError]]) {
    console[name] = (...values) => line(level, values.length === 1 && typeof values[0] === 'string' ? values[0] : format(...values));
  }
  for (const [standard, level] of [[process.stdout, kInfo], [process.stderr, kError]]) {
    standard.write = (chunk, encoding, done) => {
      const text = String(chunk).replace(/\n$/, '');
      if (text !== '') line(level, text);
      const after = typeof encoding === 'function' ? encoding : done;
      if (typeof after === 'function') process.nextTick(after);
      return true;
    };
  }
}

module.exports = { installConsole };
