// Compiles Twilio's OpenAPI documents into C++ tables: node compile.mjs DOCUMENTS_FOLDER OUTPUT.cpp
//
// The tables are rows of integers that point into each other and into one pool of text (see tables.hpp). Equal schemas
// and equal texts are kept once. Everything that can be decided about an operation from its document is decided here:
// which response it gives, which member of it is the list, which property of the resource a parameter sets.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, output] = process.argv.slice(2);
const methods = ['get', 'post', 'put', 'patch', 'delete'];
const types = ['any', 'string', 'integer', 'number', 'boolean', 'object', 'array'];

// --- the pool of text ---------------------------------------------------------------------------------------------

let pool = '';
let poolBytes = 0;
const texts = new Map();
function text(value) {
  if (value === undefined || value === null || value === '') return { at: 0, size: 0 };
  const known = texts.get(value);
  if (known) return known;
  const made = { at: poolBytes, size: Buffer.byteLength(value) };
  pool += value;
  poolBytes += made.size;
  texts.set(value, made);
  return made;
}
const show = (value) => { const t = text(value); return `{${t.at},${t.size}}`; };

// --- schemas ------------------------------------------------------------------------------------------------------

const schemas = [];           // rows; 0 is "any"
const properties = [];
const enums = [];
const schemaKeys = new Map();

function resolve(document, node) {
  const seen = new Set();
  while (node && node.$ref) {
    if (seen.has(node.$ref)) return {};
    seen.add(node.$ref);
    node = node.$ref.slice(2).split('/').reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  }
  return node ?? {};
}

/** allOf is merged; of oneOf and anyOf the first object is taken, since one valid shape is enough to answer with. */
function flatten(document, node, depth = 0) {
  let schema = resolve(document, node);
  if (depth > 8) return schema;
  for (const part of schema.allOf ?? []) {
    const other = flatten(document, part, depth + 1);
    schema = { ...other, ...schema, properties: { ...other.properties, ...schema.properties },
      required: [...(other.required ?? []), ...(schema.required ?? [])] };
  }
  const choice = schema.oneOf ?? schema.anyOf;
  if (choice?.length) {
    const other = flatten(document, choice[0], depth + 1);
    schema = { ...other, ...schema, properties: { ...other.properties, ...schema.properties },
      required: [...(other.required ?? []), ...(schema.required ?? [])] };
  }
  return schema;
}

function addSchema(document, node, trail = []) {
  if (!node) return 0;
  if (node.$ref && trail.includes(node.$ref)) return 0;   // a schema that contains itself ends as "any"
  const inner = node.$ref ? [...trail, node.$ref] : trail;
  const s = flatten(document, node);
  const type = s.type ?? (s.properties ? 'object' : s.items ? 'array' : s.enum ? 'string' : 'any');
  const row = {
    type: types.indexOf(type),
    nullable: Boolean(s.nullable),
    format: s.format ?? '',
    pattern: s.pattern ?? '',
    prefix: /^\^?\(?([A-Z]{2})(?:\|[A-Z|]*)?\)?\[0-9a-f(?:A-F)?\]\{32\}\$?$/.exec(s.pattern ?? '')?.[1] ?? '',
    default: s.default === undefined ? '' : JSON.stringify(s.default),
    minLength: s.minLength ?? 0, maxLength: s.maxLength ?? 0,
    minimum: Number.isFinite(s.minimum) ? s.minimum : null, maximum: Number.isFinite(s.maximum) ? s.maximum : null,
    minItems: s.minItems ?? 0, maxItems: s.maxItems ?? 0,
    map: s['x-twilio']?.type ?? (/prefixed-collapsible-map-(\w+)/.exec(s.format ?? '')?.[1] ?? ''),
    enums: (s.enum ?? []).filter((e) => e !== null).map(String),
    properties: Object.entries(s.properties ?? {}).map(([name, value]) => ({
      name, schema: addSchema(document, value, inner), required: Boolean(s.required?.includes?.(name)),
    })),
    items: s.items ? addSchema(document, s.items, inner) : 0,
    additional: s.additionalProperties && typeof s.additionalProperties === 'object'
      ? addSchema(document, s.additionalProperties, inner) : 0,
  };
  const key = JSON.stringify(row);
  const known = schemaKeys.get(key);
  if (known !== undefined) return known;
  row.firstProperty = properties.length;
  properties.push(...row.properties);
  row.firstEnum = enums.length;
  enums.push(...row.enums);
  schemas.push(row);
  schemaKeys.set(key, schemas.length - 1);
  return schemas.length - 1;
}
addSchema({}, { type: 'any' });
schemas[0].type = 0;

// --- names --------------------------------------------------------------------------------------------------------

const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2').toLowerCase();
const squash = (name) => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** The property that a parameter sets or a filter compares: FriendlyName → friendly_name. */
function propertyFor(parameter, schema) {
  const names = schemas[schema].properties.map((p) => p.name);
  const plain = parameter.replace(/[<>]$/, '');
  return names.find((n) => n === plain) ?? names.find((n) => n === snake(plain)) ??
    names.find((n) => squash(n) === squash(plain)) ?? '';
}

// --- documents ----------------------------------------------------------------------------------------------------

const documents = [];
const paths = [];
const operations = [];
const parameters = [];
const links = [];

function successOf(document, operation, method) {
  const entries = Object.entries(operation.responses).map(([status, r]) => [Number(status), resolve(document, r)]);
  const good = entries.filter(([status]) => status >= 200 && status < 300);
  const wanted = method === 'post' ? [201, 200, 202, 204] : [200, 201, 202, 204];
  for (const status of wanted) {
    const found = good.find(([s]) => s === status);
    if (found) return found;
  }
  return good[0] ?? entries.find(([status]) => status >= 300 && status < 400) ?? [200, {}];
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  const document = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const name = file.replace(/^twilio_/, '').replace(/\.json$/, '');
  const firstPath = paths.length;
  const instances = new Set(Object.keys(document.paths).filter((t) => t.endsWith('}')).map((t) => t.replace(/\{[^}]*\}/g, '{}').replace(/\/\{\}$/, '')));
  for (const [template, item] of Object.entries(document.paths)) {
    const server = (item.servers ?? document.servers)[0].url;
    const host = new URL(server).hostname.split('.')[0];
    const firstOperation = operations.length;
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      const [status, response] = successOf(document, operation, method);
      const content = Object.entries(response.content ?? {})[0];
      const responseSchema = content ? addSchema(document, content[1].schema) : 0;
      // A list answers with an object that holds one array beside its paging members.
      const members = schemas[responseSchema].properties;
      const paged = members.some((m) => m.name === 'meta' || m.name === 'next_page_uri');
      const lists = members.filter((m) => schemas[m.schema].type === types.indexOf('array'));
      const rows = lists.filter((m) => schemas[schemas[m.schema].items].type === types.indexOf('object'));
      // Without paging members it is one when nothing else is in it, or when its rows can be fetched one by one.
      const hasInstance = instances.has(template.replace(/\{[^}]*\}/g, '{}'));
      const isList = method === 'get' && !/\}(\.json)?$/.test(template) && lists.length > 0 &&
        (paged || members.filter((m) => !['uri', 'url'].includes(m.name)).length === 1 || (hasInstance && rows.length === 1));
      const listKey = isList ? (lists.length === 1 ? lists[0] : lists.find((l) => schemas[schemas[l.schema].items].type === 5) ?? lists[0]) : null;
      const itemSchema = listKey ? schemas[listKey.schema].items : responseSchema;

      const firstParameter = parameters.length;
      const add = (parameter, place, schema, required) => {
        const row = addSchema(document, schema);
        parameters.push({ name: parameter, place, schema: row, required, property: propertyFor(parameter, itemSchema) });
      };
      for (const given of [...(item.parameters ?? []), ...(operation.parameters ?? [])]) {
        const p = resolve(document, given);
        add(p.name, { path: 0, query: 1, header: 3 }[p.in] ?? 3, p.schema ?? { type: 'string' }, Boolean(p.required));
      }
      let body = 0;
      let bodyKind = 0;
      let bodyRequired = false;
      for (const [type, media] of Object.entries(operation.requestBody?.content ?? {})) {
        const schema = flatten(document, media.schema ?? {});
        if (type === 'application/x-www-form-urlencoded') {
          bodyKind = 1;
          const required = media.schema?.required ?? schema.required ?? [];
          for (const [field, value] of Object.entries(schema.properties ?? {})) add(field, 2, value, required.includes(field));
        } else {
          bodyKind = 2;
          body = addSchema(document, media.schema);
          bodyRequired = Boolean(operation.requestBody.required);
        }
      }
      operations.push({
        id: operation.operationId, path: paths.length, method: methods.indexOf(method), status, firstParameter,
        parameterCount: parameters.length - firstParameter, body, bodyKind, bodyRequired, response: responseSchema,
        hasContent: Boolean(content), contentType: content?.[0] ?? '', listKey: listKey?.name ?? '', item: itemSchema,
        statuses: Object.keys(operation.responses).map(Number), deprecated: Boolean(operation.deprecated),
        summary: operation.summary ?? '',
      });
    }
    const dependent = item['x-twilio']?.dependentProperties ?? {};
    const firstLink = links.length;
    for (const [link, value] of Object.entries(dependent)) {
      links.push({ name: link, url: value.resource_url ?? '', mapping: Object.entries(value.mapping ?? {}).map(([to, from]) => `${to}=${from}`).join(',') });
    }
    paths.push({
      document: documents.length, host, template, firstOperation, operationCount: operations.length - firstOperation,
      kind: { list: 1, instance: 2 }[item['x-twilio']?.pathType] ?? 0, firstLink, linkCount: links.length - firstLink,
    });
  }
  documents.push({ name, firstPath, pathCount: paths.length - firstPath });
}

// --- output -------------------------------------------------------------------------------------------------------

const flag = (value) => (value ? 1 : 0);
const integer = (value, absent) => (value === null || !Number.isInteger(value) || Math.abs(value) > 2147483647 ? absent : value);
const lines = [];
const table = (type, name, rows) => {
  lines.push(`extern const ${type} ${name}[];`, `const ${type} ${name}[] = {`, ...rows.map((row) => `{${row}},`), '};',
    `extern const std::uint32_t ${name}Count;`, `const std::uint32_t ${name}Count = ${rows.length};`);
};
table('SchemaRow', 'kSchemas', schemas.map((s) => [show(s.format), show(s.pattern), show(s.prefix), show(s.default), show(s.map),
  s.firstProperty, s.properties.length, s.firstEnum, s.enums.length, s.items, s.additional, s.minLength, s.maxLength,
  s.minItems, s.maxItems, integer(s.minimum, 'kNoBound'), integer(s.maximum, 'kNoBound'), s.type, flag(s.nullable)].join(',')));
table('PropertyRow', 'kProperties', properties.map((p) => [show(p.name), p.schema, flag(p.required)].join(',')));
table('TextRow', 'kEnums', enums.map((e) => { const t = text(e); return `${t.at},${t.size}`; }));
table('ParameterRow', 'kParameters', parameters.map((p) => [show(p.name), show(p.property), p.schema, p.place, flag(p.required)].join(',')));
table('LinkRow', 'kLinks', links.map((l) => [show(l.name), show(l.url), show(l.mapping)].join(',')));
table('OperationRow', 'kOperations', operations.map((o) => [show(o.id), show(o.listKey), show(o.contentType), show(o.summary), o.path, o.firstParameter,
  o.parameterCount, o.body, o.response, o.item, o.status, o.method, o.bodyKind, flag(o.bodyRequired), flag(o.hasContent)].join(',')));
table('PathRow', 'kPaths', paths.map((p) => [show(p.host), show(p.template), p.document, p.firstOperation, p.operationCount,
  p.firstLink, p.linkCount, p.kind].join(',')));
table('DocumentRow', 'kDocuments', documents.map((d) => [show(d.name), d.firstPath, d.pathCount].join(',')));

const bytes = Buffer.from(pool, 'utf8');
const chunks = [];
for (let at = 0; at < bytes.length; at += 16000) {
  let chunk = '';
  for (const byte of bytes.subarray(at, at + 16000)) {
    if (byte === 0x22 || byte === 0x5c || byte === 0x3f) chunk += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 0x20 && byte < 0x7f) chunk += String.fromCharCode(byte);
    else chunk += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  chunks.push(`"${chunk}"`);
}
writeFileSync(output, [
  '// Generated by compile.mjs from the OpenAPI documents; not for editing.', '#include "catalogue/tables.hpp"',
  'namespace dialtone::catalogue {', ...lines, 'extern const char kPool[];', `const char kPool[] = ${chunks.join('\n')};`, '}', ''].join('\n'));
console.log(`${documents.length} documents, ${paths.length} paths, ${operations.length} operations, ${parameters.length} parameters, ` +
  `${schemas.length} schemas, ${properties.length} properties, ${bytes.length} bytes of text`);
