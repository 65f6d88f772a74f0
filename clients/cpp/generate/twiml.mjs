// The TwiML builders, made of the table: node twiml.mjs OUTPUT_FOLDER

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Names, quote, snake } from './names.mjs';
import { elements } from './twiml_table.mjs';

const types = { text: 'std::string', number: 'int', boolean: 'bool', list: 'std::vector<std::string>' };

const classes = Object.entries(elements).map(([name, { attributes = '', children = '' }]) => {
  const taken = new Names();
  for (const own of ['text', 'comment', 'child', 'xml']) taken.claim(own);
  return {
    name,
    attributes: attributes.split(' ').filter(Boolean).map((each) => {
      const [, wire, kind = 'text'] = /^(.*?)(?::(number|boolean|list))?$/.exec(each);
      return { wire, kind, member: snake(wire) };
    }),
    children: children.split(' ').filter(Boolean).map((each) => {
      const [, method, tag, type, text, optional] = /^(\w+)=([\w-]+)\/(\w+)(?:\((\w+)(\?)?\))?$/.exec(each);
      return { method: taken.claim(snake(method), `${snake(method)}_`), tag, type, text: text && snake(text), optional: Boolean(optional) };
    }),
  };
});
const byName = new Map(classes.map((each) => [each.name, each]));
const hasAttributes = (name) => byName.get(name).attributes.length > 0;
const isRoot = (name) => name.endsWith('Response');

const signatures = (child, defaults) => {
  const attributes = hasAttributes(child.type) ? [`const ${child.type}Attributes& attributes${defaults ? ' = {}' : ''}`] : [];
  const out = [];
  if (child.text) out.push([`std::string_view ${child.text}`, ...attributes]);
  if (!child.text || child.optional) out.push(attributes);
  return out.map((each) => each.join(', '));
};

const header = [
  '// Generated; not for editing.', '#pragma once', '// TwiML: what an application answers to a call or a message.', '//',
  '//     twilio::twiml::VoiceResponse response;', '//     auto menu = response.gather({.action = "/menu", .num_digits = 1});',
  '//     menu.say("Press one.", {.language = "en-GB"});', '//     return response.xml();', '//',
  '// What a method returns is a handle on the element it made. Everything is escaped.', '',
  '#include "twilio/detail/twiml_element.hpp"', '', 'namespace twilio::twiml {', '', 'using detail::Element;', '',
  ...classes.filter((each) => each.attributes.length > 0).flatMap(({ name, attributes }) => [`struct ${name}Attributes {`,
    ...attributes.map(({ kind, member }) => `  ${kind === 'list' ? types.list : `std::optional<${types[kind]}>`} ${member}{};`), '};', '']),
  ...classes.map(({ name }) => `class ${name};`), '',
  ...classes.flatMap(({ name, children }) => [`class ${name} : public Element {`, ' public:',
    ...(isRoot(name) ? [`  ${name}() : Element("Response") {}`] : ['  using Element::Element;']),
    ...children.flatMap((child) => signatures(child, true).map((each) => `  ${child.type} ${child.method}(${each});`)),
    ...(isRoot(name) ? ['  /// The document.', '  std::string xml() const { return document(); }'] : []), '};', '']),
  '}  // namespace twilio::twiml', ''];

const source = [
  '// Generated; not for editing.', '#include "twilio/twiml.hpp"', '', 'namespace twilio::twiml {', '', 'namespace {', '',
  ...classes.filter((each) => each.attributes.length > 0).flatMap(({ name, attributes }) => [
    `void add(Element& element, const ${name}Attributes& given) {`,
    ...attributes.map(({ wire, member }) => `  element.attribute(${quote(wire)}, given.${member});`), '}', '']),
  '}  // namespace', '',
  ...classes.flatMap(({ name, children }) => children.flatMap((child) => signatures(child, false).map((each) => {
    const holds = child.text && each.startsWith('std::string_view');
    return [`${child.type} ${name}::${child.method}(${each}) {`, `  ${child.type} made(make(${quote(child.tag)}));`,
      ...(hasAttributes(child.type) ? ['  add(made, attributes);'] : []), ...(holds ? [`  made.text(${child.text});`] : []), '  return made;', '}', ''].join('\n');
  }))),
  '}  // namespace twilio::twiml', ''];

const output = process.argv[2];
mkdirSync(join(output, 'include/twilio'), { recursive: true });
mkdirSync(join(output, 'src'), { recursive: true });
writeFileSync(join(output, 'include/twilio/twiml.hpp'), header.join('\n'));
writeFileSync(join(output, 'src/twiml.cpp'), source.join('\n'));
