// docs/error-codes.md tells the truth: what it says is produced is in the program and in a test, the rest is not.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { root } from './support/server.mjs';

const read = (folder, fits) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  .filter((each) => each.isFile() && fits(each.name) && !each.parentPath.includes('node_modules'))
  .map((each) => readFileSync(join(each.parentPath, each.name), 'utf8'));
const numbersIn = (texts) => new Set(texts.flatMap((text) => text.match(/(?<![\d.])\d{5}(?!\d)/g) ?? []));

const source = read('src', (name) => /\.[ch]pp$/.test(name) && !/_(test|bench|fuzz)\.cpp$/.test(name));
const inSource = numbersIn(source);
const inTests = numbersIn([...read('tests', (name) => name.endsWith('.test.mjs') && name !== basename(import.meta.filename)), ...read('src', (name) => name.endsWith('_test.cpp'))]);
const [produced, not] = readFileSync(join(root, 'docs/error-codes.md'), 'utf8').split('\n## ').slice(1)
  .map((section) => [...section.matchAll(/^\| (\d{5})(?: \((\d{3})\))? \| (.+) \|$/gm)].map(([, code, status, text]) => ({ code, status, text })));

test('each code stands there once', () => {
  const all = [...produced, ...not].map((each) => each.code);
  assert.ok(all.length > 150, `${all.length}`);
  assert.deepEqual(all.filter((code, at) => all.indexOf(code) !== at), []);
});

test('what is produced is in the program and in a test', () => {
  assert.deepEqual(produced.filter(({ code }) => !inSource.has(code)), [], 'not in src');
  assert.deepEqual(produced.filter(({ code }) => !inTests.has(code)), [], 'in no test');
});

test('what is not produced is not in the program', () => {
  assert.deepEqual(not.filter(({ code }) => inSource.has(code)), []);
});

test('the status is the one that the program answers with', () => {
  const rows = new Map(source.flatMap((text) => [...text.matchAll(/ErrorRow k\w+\{\s*(\d{5}),\s*(\d+),/g)].map(([, code, status]) => [code, Number(status)])));
  assert.deepEqual(produced.filter(({ code, status }) => rows.get(code) > 0 && rows.get(code) !== Number(status ?? 400)), []);
});

test('no code of accounts, numbers and messages is forgotten', () => {
  const known = new Set([...produced, ...not].map((each) => each.code));
  const rows = ['messaging/errors.hpp', 'messaging/caller_ids.hpp', 'messaging/regulations.cpp', 'messaging/resources/incoming_phone_number.cpp', 'messaging/resources/application.cpp',
    'messaging/resources/service_senders.cpp', 'accounts/directory.hpp', 'accounts/resources/account.cpp', 'numbers/resources/address.cpp']
    .flatMap((file) => [...readFileSync(join(root, 'src', file), 'utf8').matchAll(/ErrorRow k\w+\{\s*(\d{5}),/g)].map(([, code]) => code));
  assert.ok(rows.length > 80);
  assert.deepEqual(rows.filter((code) => !known.has(code) && !/^(1[1-5]|2041)/.test(code)), []);
});
