// Makes src/api/generated.ts: the types and routes of those operations of Twilio's API that the console uses, out of the
// same OpenAPI documents that the program's catalogue is compiled from; and src/api/control.ts out of the description of
// the control API that the program serves.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { document as control } from '../../../src/lab/openapi.mjs';
import { generateControl } from './generate_control.mjs';

const here = import.meta.dirname;

export function generate(documents) {
  const wanted = JSON.parse(readFileSync(join(here, 'operations.json'), 'utf8'));
  const loaded = new Map();
  const load = (name) => {
    if (!loaded.has(name)) loaded.set(name, JSON.parse(readFileSync(join(documents, `twilio_${name}.json`), 'utf8')));
    return loaded.get(name);
  };
  const types = [];
  const routes = [];
  for (const name of wanted) {
    const [file, id] = name.split('.');
    const { method, path, host, operation, shared } = find(load(file), id, name);
    const params = new Map();
    for (const each of [...shared, ...(operation.parameters ?? [])]) {
      if (each.in === 'header' || (each.in === 'path' && each.name === 'AccountSid')) continue;
      params.set(each.name, { type: typeOf(load(file), each.schema), required: each.required ?? false });
    }
    const form = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema;
    const body = form ? resolveRef(load(file), form) : { properties: {} };
    for (const [key, schema] of Object.entries(body.properties ?? {})) {
      params.set(key, { type: typeOf(load(file), schema), required: body.required?.includes(key) ?? false });
    }
    const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
    const answer = success?.content?.['application/json']?.schema;
    const members = [...params].map(([key, { type, required }]) => `${JSON.stringify(key)}${required ? '' : '?'}: ${type}`);
    types.push(`  ${JSON.stringify(name)}: {\n    params: { ${members.join('; ')} };\n    answer: ${answer ? typeOf(load(file), answer) : 'null'};\n  };`);
    routes.push(`  ${JSON.stringify(name)}: [${JSON.stringify(method.toUpperCase())}, ${JSON.stringify(host)}, ${JSON.stringify(path)}],`);
  }
  const text = `// Made by build/generate.mjs out of Twilio's OpenAPI documents.

export interface Operations {
${types.join('\n')}
}

/** Method, product and path of each operation. */
export const routes: Record<keyof Operations, readonly [string, string, string]> = {
${routes.join('\n')}
};
`;
  write('generated.ts', text);
  write('control.ts', generateControl(control));
}

function write(name, text) {
  const target = resolve(here, '../src/api', name);
  mkdirSync(resolve(here, '../src/api'), { recursive: true });
  let before = '';
  try { before = readFileSync(target, 'utf8'); } catch { /* the first time */ }
  if (before !== text) writeFileSync(target, text);
}

function find(document, id, name) {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      if (item[method]?.operationId !== id) continue;
      const server = item[method].servers?.[0] ?? item.servers?.[0] ?? document.servers[0];
      return { method, path, host: new URL(server.url).host.split('.')[0], operation: item[method], shared: item.parameters ?? [] };
    }
  }
  throw new Error(`the catalogue has no ${name}`);
}

function resolveRef(document, schema) {
  if (!schema?.$ref) return schema ?? {};
  return schema.$ref.slice(2).split('/').reduce((node, key) => node[key], document);
}

function typeOf(document, schema, depth = 0) {
  const node = resolveRef(document, schema);
  const plain = plainType(document, node, depth);
  return node.nullable ? `${plain.includes(' | ') ? `(${plain})` : plain} | null` : plain;
}

function plainType(document, node, depth) {
  if (node.enum) return node.enum.map((each) => JSON.stringify(each)).join(' | ');
  switch (node.type) {
    case 'string': return 'string';
    case 'integer': case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'array': {
      const item = typeOf(document, node.items, depth + 1);
      return /[|]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case 'object': {
      if (!node.properties || depth > 4) return 'Record<string, unknown>';
      const members = Object.entries(node.properties).map(([key, each]) => `${JSON.stringify(key)}: ${typeOf(document, each, depth + 1)}`);
      return `{ ${members.join('; ')} }`;
    }
    default: return 'unknown';
  }
}

if (process.argv[1] === import.meta.filename) generate(process.argv[2] ?? resolve(here, '../../../build/catalogue/documents'));
