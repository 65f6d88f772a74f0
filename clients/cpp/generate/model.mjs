// One document to what its header says: the tree of places, the operations at each, and the types they use.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Names, pascal, snake, snakePlain } from './names.mjs';
import { flatten, resolve, Types } from './types.mjs';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const versionSegment = /^(v\d+|2010-04-01)$/;

export function readUnits(folder) {
  const units = readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
    .map((file) => readUnit(file.replace(/^twilio_|\.json$/g, ''), JSON.parse(readFileSync(join(folder, file), 'utf8'))))
    .filter((unit) => unit.operations.length > 0);
  for (const unit of units) {
    // A document without a version in its name is the whole of its product, unless another has the same.
    unit.alone = unit.version === '' && units.filter((each) => each.domain === unit.domain).length === 1;
    if (unit.version === '') unit.version = unit.suffix;
  }
  return units;
}

function readUnit(name, document) {
  const host = new URL((Object.values(document.paths)[0]?.servers ?? document.servers)[0].url).hostname.split('.')[0];
  const suffix = name.split('_').at(-1);
  const version = suffix === 'v2010' || /^v\d+$/.test(suffix) ? suffix : '';
  const unit = { name, host, domain: snakePlain(host), version, suffix, document, types: new Types(document), operations: [] };
  unit.root = place(unit, null, '', '');
  for (const [template, item] of Object.entries(document.paths)) addPath(unit, template, item);
  finish(unit);
  return unit;
}

const place = (unit, parent, literal, parameter) => ({ parent, literal, parameter, literals: new Map(), item: null, operations: [], mount: '', unit });

function addPath(unit, template, item) {
  const suffix = template.endsWith('.json') ? '.json' : '';
  const segments = template.replace(/\.json$/, '').slice(1).split('/');
  let at = unit.root;
  segments.forEach((segment, i) => {
    if (i === 0 && versionSegment.test(segment)) {
      unit.prefix = `/${segment}`;
    } else if (segment.startsWith('{')) {
      at.item ??= place(unit, at, '', segment.slice(1, -1));
      at = at.item;
    } else {
      if (!at.literals.has(segment)) at.literals.set(segment, place(unit, at, segment, ''));
      at = at.literals.get(segment);
    }
  });
  const list = at.parameter ? at.parent : at;
  const mount = item['x-twilio']?.mountName;
  // The list's own name counts; an instance names its list only when there is no other path to do so.
  if (mount && list !== unit.root && (!at.parameter || list.mount === '')) list.mount = mount;
  for (const method of methods) {
    if (item[method]) addOperation(unit, at, { template, item, method, source: item[method], suffix, outside: !versionSegment.test(segments[0]) });
  }
}

function successOf(document, operation, method) {
  const entries = Object.entries(operation.responses).map(([status, each]) => [Number(status), resolve(document, each)]);
  const wanted = method === 'post' ? [201, 200, 202, 204] : [200, 201, 202, 204];
  for (const status of wanted) {
    const found = entries.find(([each]) => each === status);
    if (found) return found[1];
  }
  return entries.find(([status]) => status >= 200 && status < 300)?.[1] ?? {};
}

function addOperation(unit, at, { template, item, method, source, suffix }) {
  const { document, types } = unit;
  const id = source.operationId;
  const operation = { id, template, method, suffix, place: at, source, body: 'kNone', contentType: '', parameters: [], summary: source.summary ?? source.description ?? '' };
  const content = Object.entries(successOf(document, source, method).content ?? {})[0];
  const schema = content ? flatten(document, content[1].schema ?? {}) : null;
  const lists = Object.entries(schema?.properties ?? {}).filter(([, value]) => flatten(document, value).type === 'array');
  const paged = schema && ('meta' in (schema.properties ?? {}) || 'next_page_uri' in (schema.properties ?? {}));
  if (method === 'get' && paged && lists.length > 0 && !at.parameter) {
    const [key, value] = lists.find(([, each]) => flatten(document, flatten(document, each).items).type === 'object') ?? lists[0];
    operation.listKey = key;
    operation.item = types.of(flatten(document, value).items, 'response', pascal(`${id.replace(/^List/, '')}_item`));
    if (operation.item.kind === 'list') operation.item = { cpp: 'Json', kind: 'json' };
    markRaw(types, operation.item);
  } else if (schema) {
    const result = types.of(content[1].schema, 'response', pascal(`${id}_result`));
    operation.result = result.kind === 'struct' ? result : { cpp: 'Json', kind: 'json' };
    markRaw(types, operation.result);
  }
  addParameters(unit, operation, item, source);
  at.operations.push(operation);
  unit.operations.push(operation);
}

function markRaw(types, type) {
  if (type.kind === 'struct') types.struct(type.cpp).raw = true;
}

function addParameters(unit, operation, item, source) {
  const { document, types } = unit;
  const base = pascal(operation.id);
  const given = [...(item.parameters ?? []), ...(source.parameters ?? [])].map((each) => resolve(document, each));
  operation.path = given.filter((each) => each.in === 'path');
  const fields = [];
  const add = (wire, place, node, required, flavour) => {
    const type = types.of(node, flavour, `${base}${pascal(wire.replace(/<$/, '_before').replace(/>$/, '_after'))}`);
    const map = /prefixed-collapsible-map/.test(flatten(document, node).format ?? '');
    fields.push({ wire, place: map ? 'kQueryMap' : place, type, required });
  };
  for (const each of given) {
    if (each.in === 'query') add(each.name, 'kQuery', each.schema ?? { type: 'string' }, Boolean(each.required), 'request');
    if (each.in === 'header' && each.name !== 'Authorization') add(each.name, 'kHeader', each.schema ?? { type: 'string' }, Boolean(each.required), 'request');
  }
  const [contentType, media] = Object.entries(source.requestBody?.content ?? {})[0] ?? [];
  if (contentType === 'application/x-www-form-urlencoded') {
    operation.body = 'kForm';
    const schema = flatten(document, media.schema ?? {});
    const required = media.schema?.required ?? schema.required ?? [];
    for (const [wire, value] of Object.entries(schema.properties ?? {})) add(wire, 'kForm', value, required.includes(wire), 'request');
  } else if (contentType) {
    operation.body = 'kJson';
    operation.contentType = contentType;
    const schema = flatten(document, media.schema ?? {});
    if ((schema.type ?? 'object') === 'object' && Object.keys(schema.properties ?? {}).length > 0) {
      const required = Array.isArray(schema.required) ? schema.required : [];
      for (const [wire, value] of Object.entries(schema.properties)) add(wire, 'kMember', value, required.includes(wire), 'request');
    } else {
      fields.push({ wire: 'content', place: 'kWhole', type: { cpp: 'Json', kind: 'json' }, required: Boolean(source.requestBody.required) });
    }
  }
  // What must be given comes first, as in the official libraries; the rest keeps the document's order.
  const ordered = [...fields.filter((each) => each.required), ...fields.filter((each) => !each.required)];
  if (operation.listKey) ordered.push({ wire: 'limit', place: 'kLocal', type: { cpp: 'std::int64_t', kind: 'scalar' }, required: false });
  const names = new Names();
  for (const field of ordered) {
    field.name = names.claim(snake(field.wire), `${snake(field.wire)}_${{ kHeader: 'header', kQuery: 'query' }[field.place] ?? 'field'}`);
    const bare = field.type.kind === 'list' && field.place !== 'kMember';
    if (bare) field.cpp = field.type.cpp;
    else if (field.required && field.type.kind !== 'list' && field.type.kind !== 'struct') field.cpp = `Required<${field.type.cpp}>`;
    else if (field.required) field.cpp = field.type.cpp;
    else field.cpp = `std::optional<${field.type.cpp}>`;
    // A field named as a member in the header's own namespace is fine; one named as its type is not.
  }
  operation.fields = ordered;
  operation.defaulted = ordered.every((each) => !each.cpp.startsWith('Required<'));
}

const verbs = { Create: 'create', Fetch: 'fetch', Update: 'update', Delete: 'remove', List: 'list', Patch: 'patch' };

function finish(unit) {
  const { types } = unit;
  unit.prefix ??= '';
  unit.places = [];
  const visit = (at, trail) => {
    const literal = trail.join('_');
    const accessors = new Names();
    const methodsTaken = new Names();
    at.className = at === unit.root ? 'Version' : types.names.claim(`${pascal(literal)}${at.parameter ? 'Context' : 'List'}`);
    for (const operation of at.operations) {
      const verb = verbs[/^[A-Z][a-z]+/.exec(operation.id)?.[0]] ?? { get: 'fetch', post: 'create', put: 'update', patch: 'patch', delete: 'remove' }[operation.method];
      const own = operation.listKey ? 'list' : verb === 'list' ? 'fetch' : verb;
      operation.call = methodsTaken.claim(own, operation.method === 'patch' ? 'patch' : snake(operation.id));
      if (operation.fields.length > 0) operation.parametersName = types.names.claim(`${pascal(operation.id)}Params`);
      accessors.claim(operation.call);
      accessors.claim(`${operation.call}_async`);
      if (operation.listKey) accessors.claim('page');
    }
    if (at.item) visit(at.item, at.parameter ? [...trail, at.item.parameter] : trail);
    for (const child of at.literals.values()) {
      const plain = snake(child.literal);
      visit(child, [...trail, child.literal]);
      child.accessor = accessors.claim(child.mount ? snake(child.mount) : plain, plain, `${plain}_`);
    }
    unit.places.push(at);   // children first, so that their classes are complete
  };
  visit(unit.root, []);
}
