// The C++ of one document: its header and its source.

import { quote } from './names.mjs';

export const includeOf = (unit) => `twilio/${unit.domain}/${unit.version}.hpp`;
export const namespaceOf = (unit) => `twilio::${unit.domain}::${unit.version}`;

const line = (text) => text.replace(/\s+/g, ' ').trim();
function comment(indent, text) {
  const short = line(text).replace(/^(.{20,160}?[.!?])\s.*$/, '$1').slice(0, 200);
  return short === '' ? [] : [`${indent}/// ${short.replaceAll('\\', '/')}`];
}

// --- header -------------------------------------------------------------------------------------------------------

export function header(unit) {
  const out = [
    `// Generated from the API's description ${unit.name}; not for editing.`, '#pragma once', '',
    '#include "twilio/client.hpp"', '#include "twilio/detail/node.hpp"', '', `namespace ${namespaceOf(unit)} {`, '',
    ...unit.types.enums.flatMap(enumeration), ...unit.types.structs.flatMap(structure)];
  for (const operation of unit.operations) {
    if (operation.fields.length === 0) continue;
    out.push(`struct ${operation.parametersName} {`);
    for (const field of operation.fields) out.push(`  ${field.cpp} ${field.name}${field.cpp.startsWith('Required<') ? '' : '{}'};`);
    out.push('};', '');
  }
  // A place has its children's classes before it, but a child may be reached only through its place, so no forward declarations.
  for (const place of unit.places) out.push(...placeClass(unit, place), '');
  if (unit.domain === 'api') {
    const accounts = unit.root.literals.get('Accounts');
    out.push('/// The client\'s own account, and the way to others.', `class Api : public ${accounts.item.className} {`, ' public:',
      '  explicit Api(detail::Core& core);', `  ${accounts.className} accounts() const;`, `  ${accounts.item.className} accounts(std::string_view sid) const;`,
      '  Api v2010() const { return *this; }', '};', '');
  }
  out.push(`}  // namespace ${namespaceOf(unit)}`, '');
  return out.join('\n');
}

const enumeration = ({ name, values }) => [
  `struct ${name} : EnumText {`, '  using EnumText::EnumText;',
  ...values.map(([constant, value]) => `  static constexpr std::string_view ${constant} = ${quote(value)};`),
  `  static constexpr std::string_view kKnown[] = {${values.map(([constant]) => constant).join(', ')}};`,
  '  /// False for a word that came after this library.', '  bool known() const { return among(kKnown, *this); }', '};', ''];

const structure = ({ name, fields, raw }) => [
  `struct ${name} {`, ...fields.map((field) => `  ${field.cpp} ${field.name}{};`),
  ...(raw ? ['  /// All of it, as it came.', '  Raw raw{};'] : []), '};', ''];

const parametersOf = (operation, defaults) => (operation.fields.length === 0 ? ''
  : `const ${operation.parametersName}& parameters${defaults && operation.defaulted ? ' = {}' : ''}`);
const resultOf = (operation) => (operation.result ? operation.result.cpp : 'void');

function hasOwn(place) {
  return place.operations.length > 0 || place.literals.size > 0;
}

function placeClass(unit, place) {
  const out = [`class ${place.className} : public detail::Node {`, ' public:', '  using Node::Node;'];
  for (const operation of place.operations) {
    out.push(...comment('  ', operation.summary));
    if (operation.listKey) {
      out.push(`  Listing<${operation.item.cpp}> list(${parametersOf(operation, true)}) const;`,
        `  Page<${operation.item.cpp}> page(${parametersOf(operation, true)}) const;`,
        `  Pending<Page<${operation.item.cpp}>> page_async(${parametersOf(operation, true)}) const;`);
    } else {
      out.push(`  ${resultOf(operation)} ${operation.call}(${parametersOf(operation, true)}) const;`,
        `  Pending<${resultOf(operation)}> ${operation.call}_async(${parametersOf(operation, true)}) const;`);
    }
  }
  for (const child of place.literals.values()) {
    if (hasOwn(child)) out.push(`  ${child.className} ${child.accessor}() const;`);
    if (child.item) out.push(`  ${child.item.className} ${child.accessor}(std::string_view ${argument(child.item)}) const;`);
  }
  if (place.item && (place.parameter || place.parent === null)) out.push(`  ${place.item.className} get(std::string_view ${argument(place.item)}) const;`);
  out.push('};');
  return out;
}

const argument = (place) => place.parameter.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

// --- source -------------------------------------------------------------------------------------------------------

export function source(unit) {
  const out = [
    `// Generated from the API's description ${unit.name}; not for editing.`, `#include "${includeOf(unit)}"`, '',
    '#include "twilio/detail/tables.hpp"', '', 'namespace twilio::detail {', ''];
  const inside = `::${namespaceOf(unit)}`;
  for (const { name } of unit.types.structs) out.push(`template <> const Structure& structure_of<${inside}::${name}>();`);
  out.push('');
  for (const struct of unit.types.structs) {
    out.push(`template <> const Structure& structure_of<${inside}::${struct.name}>() {`, `  using T = ${inside}::${struct.name};`,
      ...table('  static constexpr Field kFields', 'T', struct.fields),
      `  static constexpr Structure kStructure{kFields, ${struct.raw ? 'offsetof(T, raw)' : '-1'}};`, '  return kStructure;', '}', '');
  }
  out.push('}  // namespace twilio::detail', '', `namespace ${namespaceOf(unit)} {`, '', 'namespace {', '');
  unit.operations.forEach((operation, i) => {
    operation.constant = `kOperation${i}`;
    if (operation.fields.length > 0) {
      out.push(...table(`constexpr detail::Field kFields${i}`, operation.parametersName, operation.fields), `constexpr detail::Structure kParameters${i}{kFields${i}, -1};`);
    }
    out.push(`constexpr detail::Operation kOperation${i}{${quote(operation.id)}, detail::Method::k${operation.method[0].toUpperCase()}${operation.method.slice(1)}, ` +
      `detail::Body::${operation.body}, ${quote(unit.host)}, ${quote(operation.suffix)}, ${quote(operation.contentType)}, ` +
      `${operation.fields.length > 0 ? `&kParameters${i}` : 'nullptr'}};`);
    if (operation.listKey) out.push(`constexpr detail::PageType kPage${i}{${quote(operation.listKey)}, &detail::kFieldType<std::vector<${operation.item.cpp}>>};`);
  });
  out.push('', '}  // namespace', '');
  for (const place of unit.places) out.push(...members(place));
  out.push(...entry(unit), `}  // namespace ${namespaceOf(unit)}`, '');
  out.push('namespace twilio {', '', ...domainEntry(unit), '}  // namespace twilio', '');
  return out.join('\n');
}

const table = (start, type, fields) => [`${start}[] = {`,
  ...fields.map((field) => `    {${quote(field.wire)}, offsetof(${type}, ${field.name}), detail::Place::${field.place}, &detail::kFieldType<decltype(${type}::${field.name})>},`), '  };'];

function members(place) {
  const out = [];
  const own = place.className;
  for (const operation of place.operations) {
    const given = operation.fields.length > 0 ? '&parameters' : 'nullptr';
    const index = operation.constant.slice('kOperation'.length);
    if (operation.listKey) {
      const item = operation.item.cpp;
      const pageSize = operation.fields.find((field) => /^page_?size$/i.test(field.wire));
      out.push(`Listing<${item}> ${own}::list(${parametersOf(operation, false)}) const {`);
      if (pageSize) {
        out.push('  auto sized = parameters;',
          `  if (sized.limit && !sized.${pageSize.name}) sized.${pageSize.name} = *sized.limit < 1000 ? *sized.limit : 1000;`,
          `  return {detail::page_source(*core_, ${operation.constant}, kPage${index}, path_, &sized), parameters.limit};`);
      } else {
        out.push(`  return {detail::page_source(*core_, ${operation.constant}, kPage${index}, path_, ${given}), parameters.limit};`);
      }
      out.push('}', `Page<${item}> ${own}::page(${parametersOf(operation, false)}) const { return page_async(parameters).get(); }`,
        `Pending<Page<${item}>> ${own}::page_async(${parametersOf(operation, false)}) const {`,
        `  return Page<${item}>::fetch(detail::page_source(*core_, ${operation.constant}, kPage${index}, path_, ${given}));`, '}');
      continue;
    }
    const result = resultOf(operation);
    const pass = operation.fields.length > 0 ? 'parameters' : '';
    out.push(`${result} ${own}::${operation.call}(${parametersOf(operation, false)}) const { return ${operation.call}_async(${pass}).get(); }`,
      `Pending<${result}> ${own}::${operation.call}_async(${parametersOf(operation, false)}) const {`,
      `  return detail::call<${result}>(*core_, ${operation.constant}, path_, ${given});`, '}');
  }
  for (const child of place.literals.values()) {
    if (hasOwn(child)) out.push(`${child.className} ${own}::${child.accessor}() const { return {*core_, below(${quote(`/${child.literal}`)})}; }`);
    if (child.item) {
      out.push(`${child.item.className} ${own}::${child.accessor}(std::string_view ${argument(child.item)}) const {`,
        `  return {*core_, at(${quote(`/${child.literal}`)}, ${argument(child.item)})};`, '}');
    }
  }
  if (place.item && (place.parameter || place.parent === null)) {
    out.push(`${place.item.className} ${own}::get(std::string_view ${argument(place.item)}) const { return {*core_, at("", ${argument(place.item)})}; }`);
  }
  out.push('');
  return out;
}

function entry(unit) {
  if (unit.domain !== 'api') return [];
  const accounts = unit.root.literals.get('Accounts');
  const item = accounts.item.className;
  return [
    `Api::Api(detail::Core& core) : ${item}(Version(core, ${quote(unit.prefix)}).accounts(detail::own_account(core))) {}`,
    `${accounts.className} Api::accounts() const { return Version(*core_, ${quote(unit.prefix)}).accounts(); }`,
    `${item} Api::accounts(std::string_view sid) const { return Version(*core_, ${quote(unit.prefix)}).accounts(sid); }`, ''];
}

// --- the client's products ----------------------------------------------------------------------------------------

const domainClass = (domain) => `${domain.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('')}Product`;
const returned = (unit) => `::${namespaceOf(unit)}::${unit.domain === 'api' ? 'Api' : 'Version'}`;

function domainEntry(unit) {
  const prefix = quote(unit.prefix);
  if (unit.domain === 'api') return [`${returned(unit)} Domains::api() const { return ${returned(unit)}(*core_); }`];
  if (unit.alone) return [`${returned(unit)} Domains::${unit.domain}() const { return ${returned(unit)}(*core_, ${prefix}); }`];
  return [`${returned(unit)} ${domainClass(unit.domain)}::${unit.version}() const { return ${returned(unit)}(*core_, ${prefix}); }`];
}

export function domains(units) {
  const out = ['// Generated; not for editing.', '#pragma once', '', 'namespace twilio {', '', 'namespace detail {', 'class Core;', '}', ''];
  for (const unit of units) out.push(`namespace ${unit.domain}::${unit.version} { class ${unit.domain === 'api' ? 'Api' : 'Version'}; }`);
  const names = [...new Set(units.map((unit) => unit.domain))];
  const direct = (domain) => units.find((unit) => unit.domain === domain && (unit.alone || domain === 'api'));
  out.push('');
  for (const domain of names) {
    if (direct(domain)) continue;
    out.push(`class ${domainClass(domain)} {`, ' public:', `  explicit ${domainClass(domain)}(detail::Core& core) : core_(&core) {}`,
      ...units.filter((unit) => unit.domain === domain).map((unit) => `  ${returned(unit)} ${unit.version}() const;`), '', ' private:',
      '  detail::Core* core_;', '};', '');
  }
  out.push('/// The products. Each needs its header, such as <twilio/serverless/v1.hpp>.', 'class Domains {', ' public:',
    '  explicit Domains(detail::Core* core) : core_(core) {}');
  for (const domain of names) {
    const unit = direct(domain);
    out.push(unit ? `  ${returned(unit)} ${domain}() const;` : `  ::twilio::${domainClass(domain)} ${domain}() const { return ::twilio::${domainClass(domain)}(*core_); }`);
  }
  out.push('', ' protected:', '  detail::Core* core_;', '};', '', '}  // namespace twilio', '');
  return out.join('\n');
}

/** twilio/serverless.hpp brings all versions of a product, twilio/twilio.hpp all products. */
export function gathered(units) {
  const files = new Map();
  for (const unit of units) {
    const name = `twilio/${unit.domain}.hpp`;
    files.set(name, `${files.get(name) ?? '// Generated; not for editing.\n#pragma once\n\n'}#include "${includeOf(unit)}"\n`);
  }
  files.set('twilio/twilio.hpp', `// Generated; not for editing. Everything: slow to compile, a product's own header is not.\n#pragma once\n\n${
    [...new Set(units.map((unit) => unit.domain))].map((domain) => `#include "twilio/${domain}.hpp"`).join('\n')}\n`);
  return files;
}
