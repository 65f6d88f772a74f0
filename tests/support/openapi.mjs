// Reads Twilio's OpenAPI documents for tests: what operations there are, what a request to one may hold, and whether an
// answer has the shape that its document promises. It shares no code with the program, so that the two check each other.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './server.mjs';

const require = createRequire(import.meta.url);
const Ajv = require('ajv/dist/2019').default;
const addFormats = require('ajv-formats').default;

export const documentsFolder = process.env.DIALTONE_DOCUMENTS ?? join(root, 'build/catalogue/documents');
const methods = ['get', 'post', 'put', 'patch', 'delete'];

export const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2').toLowerCase();
export const segmentsOf = (template) => template.replace(/\.json$/, '').slice(1).split('/');
export const isPlaceholder = (segment) => segment.startsWith('{');
/** A path whose placeholders have no names: `{Sid}` of a parent is `{ServiceSid}` of its child. */
export const shapeOf = (host, segments) => `${host}/${segments.map((s) => (isPlaceholder(s) ? '{}' : s)).join('/')}`;

export class Catalogue {
  constructor(folder = documentsFolder) {
    this.documents = readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
      .map((file) => ({ name: file.replace(/^twilio_|\.json$/g, ''), root: JSON.parse(readFileSync(join(folder, file), 'utf8')) }));
    this.operations = this.documents.flatMap((document) => [...operationsOf(document)]);
    this.validator = new Validator(this.documents, this.operations);
  }
}

function* operationsOf(document) {
  for (const [template, item] of Object.entries(document.root.paths)) {
    const host = new URL((item.servers ?? document.root.servers)[0].url).hostname.split('.')[0];
    for (const method of methods) {
      const source = item[method];
      if (!source) continue;
      const parameters = [...(item.parameters ?? []), ...(source.parameters ?? [])].map((p) => resolve(document.root, p));
      const [bodyType, media] = Object.entries(source.requestBody?.content ?? {})[0] ?? [];
      const answers = new Map(Object.entries(source.responses).map(([status, each]) => {
        const content = Object.entries(resolve(document.root, each).content ?? {})[0];
        return [Number(status), content ? { type: content[0], schema: content[1].schema ?? {}, nulls: shownAsNull(content[1]) } : null];
      }));
      yield { document, id: source.operationId, host, template, method: method.toUpperCase(), parameters, answers, bodyType,
        bodySchema: media?.schema, segments: segmentsOf(template),
        label: `${method.toUpperCase()} ${host} ${template}` };
    }
  }
}

/** Members that the document's own examples show as null, also where their schema forgets to say that they may be. */
const shownAsNull = (content) => new Set(Object.values(content.examples ?? {})
  .flatMap((each) => Object.entries(each?.value ?? {}).filter(([, value]) => value === null).map(([name]) => name)));

export function resolve(document, node) {
  for (let depth = 0; node?.$ref && depth < 20; ++depth) {
    node = node.$ref.slice(2).split('/').reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  }
  return node ?? {};
}

/** allOf merged and the first choice of oneOf and anyOf taken: enough to make a value that fits. */
export function merged(document, node) {
  let schema = resolve(document, node);
  for (const part of [...(schema.allOf ?? []), ...(schema.oneOf ?? schema.anyOf ?? []).slice(0, 1)]) {
    const other = merged(document, part);
    schema = { ...other, ...schema, properties: { ...other.properties, ...schema.properties },
      required: [...(other.required ?? []), ...(schema.required ?? [])] };
  }
  return schema;
}

// --- answers ------------------------------------------------------------------------------------------------------

const rfc2822 = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/;

// Formats that only name a kind of value, or stand on objects.
const nominalFormats = ['uri-map', 'phone-number-capabilities', 'ice-server', 'outbound-sms-price', 'inbound-sms-price',
  'phone-number-price', 'outbound-prefix-price', 'inbound-call-price', 'outbound-call-price', 'outbound-prefix-price-with-origin',
  'outbound-call-price-with-origin', 'subscribe-rule', 'recording-rule', 'duration', 'Proc_JobTtid', 'byte'];

export class Validator {
  constructor(documents, operations) {
    this.ajv = new Ajv({ strict: false, unicodeRegExp: false, logger: false, inlineRefs: false, code: { optimize: false } });
    addFormats(this.ajv);
    this.ajv.addFormat('date-time-rfc-2822', rfc2822);
    this.ajv.addFormat('iso-country-code', /^[A-Z]{2}$/);
    this.ajv.addFormat('http-method', /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/i);
    this.ajv.addFormat('phone-number', /^(\+\d+|\*?\d*|[\w:@.+-]*|[\d() -]+)$/);
    this.ajv.addFormat('currency', /^[A-Za-z]{3}$/);
    for (const name of nominalFormats) this.ajv.addFormat(name, true);
    this.ajv.addFormat('SidLike', /^([A-Za-z0-9_-]*)$/);
    // All of a document lies in one schema: what is referred to is then compiled once.
    for (const document of documents) {
      const schemas = document.root.components?.schemas ?? {};
      const convert = (closed) => mapValues(schemas, (schema) => toJsonSchema(schema, closed));
      const answers = operations.filter((each) => each.document === document).flatMap((each) => [...each.answers.values()]).filter(Boolean);
      this.ajv.addSchema({ $id: document.name, open: convert(false), closed: convert(true),
        answers: answers.map((each, i) => {
          each.place = each.schema.$ref ? `closed/${each.schema.$ref.split('/').at(-1)}` : `answers/${i}`;
          return toJsonSchema(each.schema, true);
        }) });
    }
  }

  /** Why the value is not what the answer promises; null when it is. */
  complaint(document, answer, value) {
    const check = this.ajv.getSchema(`${document.name}#/${answer.place}`);
    if (check(value)) return null;
    if (answer.nulls.size > 0 && check(Object.fromEntries(Object.entries(value ?? {}).filter(([name, each]) => each !== null || !answer.nulls.has(name))))) return null;
    const error = check.errors.at(-1);
    return `${error.instancePath || 'the answer'} ${error.message} ${JSON.stringify(error.params)}`;
  }
}

/** OpenAPI 3.0 → JSON Schema 2019-09. `closed`: properties that the document does not name are refused. */
function toJsonSchema(node, closed) {
  if (node.$ref) {
    const name = node.$ref.split('/').at(-1);
    return { $ref: `#/${closed ? 'closed' : 'open'}/${name}` };
  }
  const out = {};
  for (const key of ['type', 'enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'uniqueItems', 'required']) {
    if (node[key] !== undefined) out[key] = node[key];
  }
  if (!Array.isArray(out.required)) delete out.required;
  // The 2010 API's `uri` properties are host-relative.
  if (node.format) out.format = /Sid$/.test(node.format) ? 'SidLike' : node.format === 'uri' ? 'uri-reference' : node.format;
  if (node.properties) out.properties = mapValues(node.properties, (each) => toJsonSchema(each, true));
  if (node.items) out.items = toJsonSchema(node.items, true);
  if (typeof node.additionalProperties === 'object') out.additionalProperties = toJsonSchema(node.additionalProperties, true);
  if (node.additionalProperties === false) out.additionalProperties = false;
  const parts = node.allOf || node.oneOf || node.anyOf;
  if (node.allOf) out.allOf = node.allOf.map((each) => toJsonSchema(each, false));
  // Alternatives overlap in these documents (a discriminator tells them apart), so one or more may fit.
  const choice = node.oneOf ?? node.anyOf;
  if (choice) out.anyOf = choice.map((each) => toJsonSchema(each, !node.properties && !node.allOf && closed));
  if (closed && (node.properties || node.allOf) && node.additionalProperties === undefined) out.unevaluatedProperties = false;
  if (node.nullable) {
    if (parts) return { anyOf: [{ type: 'null' }, out] };
    if (out.type) out.type = [out.type, 'null'];
    if (out.enum && !out.enum.includes(null)) out.enum = [...out.enum, null];
  }
  return out;
}

const mapValues = (object, f) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, f(value)]));

// --- requests -----------------------------------------------------------------------------------------------------

/** Makes values that fit schemas: the same ones each time, and each its own. */
export class Values {
  count = 0;

  of(document, node, name = '', required = false, depth = 0) {
    const schema = merged(document, node);
    const values = schema.enum?.filter((each) => each !== null);
    if (values?.length) return values[0];
    const type = schema.type ?? (schema.properties ? 'object' : schema.items ? 'array' : 'any');
    const bound = (number) => Math.min(Math.max(number, schema.minimum ?? number), schema.maximum ?? Infinity);
    switch (type) {
      case 'integer': return bound(1);
      case 'number': return bound(1.5);
      case 'boolean': return true;
      case 'array': {
        const length = Math.max(schema.minItems ?? 1, 1);
        return depth > 6 ? [] : Array.from({ length }, () => this.of(document, schema.items ?? {}, name, required, depth + 1));
      }
      case 'object': {
        const out = {};
        if (depth > 6) return out;
        for (const [key, value] of Object.entries(schema.properties ?? {})) {
          if (required && !schema.required?.includes(key)) continue;
          out[key] = this.of(document, value, key, required, depth + 1);
        }
        return out;
      }
      case 'any': return { key: 'value' };
      default: return this.text(schema, name);
    }
  }

  text(schema, name) {
    const n = ++this.count;
    if (schema.pattern) return sample(schema.pattern, n);
    switch (schema.format) {
      case 'date-time': return '2024-05-06T07:08:09Z';
      case 'date-time-rfc-2822': return 'Mon, 06 May 2024 07:08:09 +0000';
      case 'date': return '2024-05-06';
      case 'uri': return `https://example.com/${n}`;
      case 'email': return `user${n}@example.com`;
      case 'http-method': return 'POST';
      case 'iso-country-code': return 'US';
      case 'currency': return 'USD';
      case 'phone-number': return `+1415555${String(n % 10000).padStart(4, '0')}`;
      case 'uuid': return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    }
    if (/(ur[li]|website)s?$/i.test(name)) return `https://example.com/${n}`;
    if (/emails?$/i.test(name)) return `user${n}@example.com`;
    if (/AccountSid$/.test(name)) return `AC${n.toString(16).padStart(32, '0')}`;
    if (/(^|[a-z_])PhoneNumber$|^(To|From)$|phone_?number$/i.test(name)) return `+1415555${String(n % 10000).padStart(4, '0')}`;
    const text = /Name$|Identity|Id$/i.test(name) ? `name-${n}` : `text ${n}`;
    return text.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength || undefined);
  }
}

/** A text that the pattern matches. `n` makes it one of its own. */
export function sample(pattern, n) {
  let rest = pattern;
  const alternatives = () => {
    const first = sequence();
    while (rest[0] === '|') { rest = rest.slice(1); sequence(); }
    return first;
  };
  const sequence = () => {
    let out = '';
    while (rest && rest[0] !== '|' && rest[0] !== ')') {
      const start = rest;
      let piece = atom();
      const source = start.slice(0, start.length - rest.length);
      let count = 1;
      const range = /^\{(\d+)(,(\d*))?\}/.exec(rest);
      if (range) {
        count = Math.max(Number(range[1]), Math.min(Number(range[3] || 1), 6));
        rest = rest.slice(range[0].length);
      } else if (/^[*+?]/.test(rest)) {
        count = rest[0] === '*' ? 0 : rest[0] === '+' ? 6 : 1;
        rest = rest.slice(1);
      }
      if (rest[0] === '?') rest = rest.slice(1);
      // Where the number fits in, it makes the text one of its own.
      const own = [n.toString(16), String(n)].map((each) => each.padStart(count, /0/.test(source) ? '0' : '1').slice(-count))
        .find((each) => count > 1 && new RegExp(`^(${source}){${count}}$`).test(each));
      out += own ?? piece.repeat(count);
    }
    return out;
  };
  const atom = () => {
    const c = rest[0];
    rest = rest.slice(1);
    if (c === '^' || c === '$') return '';
    if (c === '.') return 'a';
    if (c === '\\') {
      const e = rest[0];
      rest = rest.slice(1);
      return { d: '1', w: 'a', s: ' ', S: 'a', b: '' }[e] ?? e;
    }
    if (c === '(') {
      const look = /^\?[=!]/.test(rest);
      rest = rest.replace(/^\?[:=!]/, '');
      const inner = alternatives();
      rest = rest.slice(1);
      return look ? '' : inner;
    }
    if (c === '[') {
      const end = rest.indexOf(']', 1);
      const set = new RegExp(`[${rest.slice(0, end)}]`);
      rest = rest.slice(end + 1);
      return [...'a1A-_+ ./:'].find((each) => set.test(each)) ?? [...'0123456789bcdefghijklmnopqrstuvwxyz'].find((each) => set.test(each)) ?? 'B';
    }
    return c;
  };
  const text = alternatives();
  if (!new RegExp(pattern).test(text)) throw new Error(`${text} does not match ${pattern}`);
  return text;
}
