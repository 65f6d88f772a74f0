// The client library's generated part: node generate.mjs DOCUMENTS_FOLDER OUTPUT_FOLDER [--list]
// --list only prints the sources, for CMake, which must know them before they are there.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { domains, gathered, header, includeOf, source } from './emit.mjs';
import { readUnits } from './model.mjs';

const [folder, output, mode] = process.argv.slice(2);
const units = readUnits(folder);
const files = new Map([['include/twilio/domains.hpp', () => domains(units)]]);
for (const [name, content] of gathered(units)) files.set(`include/${name}`, () => content);
for (const unit of units) {
  files.set(`include/${includeOf(unit)}`, () => header(unit));
  files.set(`src/${unit.domain}_${unit.version}.cpp`, () => source(unit));
}
if (mode === '--list') {
  console.log([...files.keys()].join(';'));
} else {
  for (const [name, content] of files) {
    const path = join(output, name);
    const text = content();
    // What has not changed keeps its date, so nothing is compiled again for it.
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
