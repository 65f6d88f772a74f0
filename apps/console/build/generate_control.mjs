// The types of the control API: its schemas by their names, and for each operation what is asked and what is answered.

export function generateControl(document) {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`);
  const operations = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const asked = [];
      const parameters = operation.parameters ?? [];
      const inPath = parameters.filter((each) => each.in === 'path').map((each) => `${each.name}: string`);
      const inQuery = parameters.filter((each) => each.in === 'query').map((each) => `${JSON.stringify(each.name)}?: ${typeOf(each.schema)}`);
      if (inPath.length > 0) asked.push(`path: { ${inPath.join('; ')} }`);
      if (inQuery.length > 0) asked.push(`query?: { ${inQuery.join('; ')} }`);
      const content = operation.requestBody?.content;
      if (content) asked.push(`body: ${Object.keys(content).map((type) => (type === 'application/json' ? typeOf(content[type].schema) : 'FormData')).join(' | ')}`);
      const answer = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1].content?.['application/json']?.schema;
      operations.push(`  ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: { asked: { ${asked.join('; ')} }; answer: ${answer ? typeOf(answer) : 'null'} };`);
    }
  }
  return `// Made by build/generate_control.mjs out of src/lab/openapi.mjs.

${schemas.join('\n')}

export interface ControlOperations {
${operations.join('\n')}
}
`;
}

function typeOf(schema) {
  const type = plainType(schema);
  return schema.nullable ? `${type} | null` : type;
}

function plainType(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.allOf) return schema.allOf.map(typeOf).join(' & ');
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(' | ');
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  switch (schema.type) {
    case 'string': return 'string';
    case 'integer': case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'array':
      if (schema.minItems && schema.minItems === schema.maxItems) return `[${Array(schema.minItems).fill(typeOf(schema.items)).join(', ')}]`;
      return `(${typeOf(schema.items)})[]`;
    case 'object': {
      const { properties, required = [], additionalProperties } = schema;
      if (!properties) return `Record<string, ${additionalProperties === true ? 'unknown' : typeOf(additionalProperties)}>`;
      return `{ ${Object.entries(properties).map(([key, each]) => (required.includes(key) ? `${JSON.stringify(key)}: ${typeOf(each)}` : `${JSON.stringify(key)}?: ${typeOf(each)}`)).join('; ')} }`;
    }
    default: return 'unknown';
  }
}
