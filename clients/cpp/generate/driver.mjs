// The test driver's generated part, every operation called once: node driver.mjs DOCUMENTS_FOLDER OUTPUT_FOLDER [--list]

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { includeOf, namespaceOf } from './emit.mjs';
import { readUnits } from './model.mjs';
import { quote } from './names.mjs';

const [folder, output, mode] = process.argv.slice(2);
const units = readUnits(folder);

function chain(unit, place, count) {
  if (place === unit.root) return unit.domain === 'api' ? 'client.api()' : unit.alone ? `client.${unit.domain}()` : `client.${unit.domain}().${unit.version}()`;
  if (!place.parameter) return `${chain(unit, place.parent, count)}.${place.accessor}()`;
  const list = place.parent;
  const before = list === unit.root || list.parameter ? `${chain(unit, list, count)}.get` : `${chain(unit, list.parent, count)}.${list.accessor}`;
  return `${before}(in.path(${count.n++}))`;
}

function run(unit, operation) {
  const at = chain(unit, operation.place, { n: 0 });
  const type = `P::`;
  const fields = operation.fields.filter((field) => field.place !== 'kLocal')
    .map((field) => `.${field.name} = in.field<decltype(${type}${field.name})>(${quote(field.given ?? field.wire)})`);
  const call = operation.listKey ? 'page_async' : `${operation.call}_async`;
  return [`    {${quote(`${unit.name} ${operation.id}`)}, [](twilio::Client& client, const Call& in) {`,
    ...(fields.length > 0 ? [`      using P = ${namespaceOf(unit)}::${operation.parametersName};`] : []),
    `      return in.answer(${at}.${call}(${fields.length > 0 ? `{${fields.join(', ')}}` : ''}));`, '    }},'];
}

const files = new Map(units.map((unit) => [`driver_${unit.domain}_${unit.version}.cpp`, () => [
  '// Generated; not for editing.', '#include "driver.hpp"', `#include "${includeOf(unit)}"`, '', 'namespace driver {', 'namespace {', '',
  'const bool kThere = [] {', '  runs().insert({', ...unit.operations.flatMap((operation) => run(unit, operation)), '  });', '  return true;', '}();', '',
  '}  // namespace', '}  // namespace driver', ''].join('\n')]));
if (mode === '--list') {
  console.log([...files.keys()].join(';'));
} else {
  mkdirSync(output, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(output, name), content());
}
