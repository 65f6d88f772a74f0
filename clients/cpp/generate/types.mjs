// Schemas of a document to C++ types: structs in the order in which they can be declared, and enums.

import { constant, Names, pascal, snake } from './names.mjs';

export function resolve(document, node) {
  for (let depth = 0; node?.$ref && depth < 20; ++depth) {
    node = node.$ref.slice(2).split('/').reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  }
  return node ?? {};
}

/** allOf merged; of alternatives all members may be there, and only what all of them require must. */
export function flatten(document, node, depth = 0) {
  let schema = resolve(document, node);
  if (depth > 8) return schema;
  for (const part of schema.allOf ?? []) {
    const other = flatten(document, part, depth + 1);
    schema = { ...other, ...schema, properties: { ...other.properties, ...schema.properties },
      required: [...listOf(other.required), ...listOf(schema.required)] };
  }
  const choices = (schema.oneOf ?? schema.anyOf ?? []).map((each) => flatten(document, each, depth + 1));
  if (choices.length > 0) {
    const common = choices.map((each) => new Set(listOf(each.required))).reduce((a, b) => new Set([...a].filter((name) => b.has(name))));
    const properties = {};
    for (const each of choices) {
      for (const [name, value] of Object.entries(each.properties ?? {})) {
        properties[name] = name in properties ? either(document, properties[name], value) : value;
      }
    }
    schema = { ...choices[0], ...schema, properties: { ...properties, ...schema.properties },
      required: [...common, ...listOf(schema.required)] };
  }
  return schema;
}

/** What holds one and the other: a text of any words, or anything. */
function either(document, a, b) {
  if (JSON.stringify(a) === JSON.stringify(b)) return a;
  return resolve(document, a).type === 'string' && resolve(document, b).type === 'string' ? { type: 'string' } : {};
}

/** Addresses → Address, Entries → Entry, Items → Item; Status stays. */
const singular = (name) => (/(ss|us|is)$/.test(name) ? name
  : name.replace(/ies$/, 'y').replace(/(s|x|ch|sh)es$/, '$1').replace(/([^s])s$/, '$1'));

/** What the headers themselves name. */
const reserved = ['Json', 'Time', 'Date', 'Required', 'EnumText', 'HttpMethod', 'Raw', 'Page', 'Listing', 'Pending', 'Version', 'Api', 'T'];

const listOf = (value) => (Array.isArray(value) ? value : []);

export class Types {
  constructor(document) {
    this.document = document;
    this.names = new Names();
    for (const name of reserved) this.names.claim(name);
    this.structs = [];       // { name, fields: [{ name, wire, type }], raw, comment }
    this.enums = [];         // { name, values: [[constant, value]] }
    this.byKey = new Map();
    this.enumByKey = new Map();
  }

  refName(ref) {
    const name = ref.split('/').at(-1);
    if (/_enum_/.test(name)) return [pascal(name.replace('_enum_', '_'))];
    const parts = name.split('.');
    return [pascal(parts.at(-1)), pascal(parts.slice(-2).join('_')), pascal(parts.join('_'))];
  }

  /** { cpp, kind } of a value: kind is scalar, enum, list, struct or json. `hint` names what has no name of its own. */
  of(node, flavour, hint, trail = []) {
    const ref = node?.$ref;
    if (ref && trail.includes(ref)) return { cpp: 'Json', kind: 'json' };
    const inner = ref ? [...trail, ref] : trail;
    const schema = flatten(this.document, node ?? {});
    const values = (schema.enum ?? []).filter((each) => each !== null).map(String);
    const type = schema.type ?? (schema.properties ? 'object' : schema.items ? 'array' : values.length ? 'string' : 'any');
    if (type === 'string' && values.length > 0) {
      if (schema.format === 'http-method') return { cpp: 'HttpMethod', kind: 'enum', values };
      return { cpp: this.enumOf(ref, values, hint), kind: 'enum', values };
    }
    switch (type) {
      case 'string':
        if (schema.format === 'date-time' || schema.format === 'date-time-rfc-2822') return { cpp: 'Time', kind: 'scalar' };
        if (schema.format === 'date') return { cpp: 'Date', kind: 'scalar' };
        return { cpp: 'std::string', kind: 'text' };
      case 'integer': return { cpp: 'std::int64_t', kind: 'scalar' };
      case 'number': return { cpp: 'double', kind: 'scalar' };
      case 'boolean': return { cpp: 'bool', kind: 'scalar' };
      case 'array': {
        const item = this.of(schema.items, flavour, singular(hint), inner);
        if (item.kind === 'list' || item.cpp === 'bool') return { cpp: 'std::vector<Json>', kind: 'list', item: { cpp: 'Json', kind: 'json' } };
        return { cpp: `std::vector<${item.cpp}>`, kind: 'list', item };
      }
      case 'object':
        if (Object.keys(schema.properties ?? {}).length === 0) return { cpp: 'Json', kind: 'json' };
        return { cpp: this.structOf(ref, schema, flavour, hint, inner), kind: 'struct' };
      default: return { cpp: 'Json', kind: 'json' };
    }
  }

  enumOf(ref, values, hint) {
    const key = ref ?? `${hint} ${values.join('|')}`;
    const known = this.enumByKey.get(key);
    if (known) return known;
    const name = this.names.claim(...(ref ? this.refName(ref) : [hint]), `${hint}Word`);
    const constants = new Names();
    constants.claim('kKnown');
    this.enums.push({ name, values: values.map((value) => [constants.claim(constant(value)), value]) });
    this.enumByKey.set(key, name);
    return name;
  }

  structOf(ref, schema, flavour, hint, trail) {
    const key = `${flavour} ${ref ?? `${hint} ${JSON.stringify(schema)}`}`;
    const known = this.byKey.get(key);
    if (known) return known.name;
    const candidates = ref ? this.refName(ref) : [hint];
    const name = this.names.claim(...candidates, `${candidates[0]}${flavour === 'request' ? 'Input' : 'Result'}`);
    const struct = { name, fields: [], raw: false };
    this.byKey.set(key, struct);
    const names = new Names();
    names.claim(name);
    for (const [wire, value] of Object.entries(schema.properties)) {
      const type = this.of(value, flavour, `${name}${pascal(wire)}`, trail);
      const required = listOf(schema.required).includes(wire);
      const plain = flavour === 'request' ? required : ['text', 'enum', 'list', 'json'].includes(type.kind);
      struct.fields.push({ name: names.claim(snake(wire), `${snake(wire)}_`), wire, place: 'kMember', type, required,
        cpp: plain ? type.cpp : `std::optional<${type.cpp}>` });
    }
    this.structs.push(struct);
    return name;
  }

  struct(name) {
    return this.structs.find((each) => each.name === name);
  }
}
