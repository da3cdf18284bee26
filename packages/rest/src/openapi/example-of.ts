import type { JsonSchema } from './json-schema.ts';

const BY_FORMAT: Readonly<Record<string, unknown>> = {
  uuid: '0194f1c2-7b3a-7c11-9d2e-3f5a6b7c8d9e',
  email: 'ada@example.com',
  'date-time': '2026-11-24T09:30:00.000Z',
  date: '2026-11-24',
  uri: 'https://example.com/',
};

/** A value that fits a schema, the same each time: what the settings give, else one by format and type. */
export function exampleOf(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>, depth = 0): unknown {
  if (schema.$ref !== undefined) {
    const named = schemas[schema.$ref.slice('#/components/schemas/'.length)];
    // One that speaks of itself ends here.
    return named === undefined || depth > 12 ? null : exampleOf(named, schemas, depth + 1);
  }
  const [given] = schema.examples ?? [];
  if (given !== undefined) return given;
  if (schema.default !== undefined) return schema.default;
  const [choice] = schema.oneOf ?? [];
  if (choice !== undefined) return exampleOf(choice, schemas, depth + 1);
  if (schema.enum !== undefined) return schema.enum[0];
  return ofType(schema, schemas, depth);
}

function ofType(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>, depth: number): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {});
      return Object.fromEntries(members.map(([name, one]) => [name, exampleOf(one, schemas, depth + 1)]));
    }
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items, schemas, depth + 1)];
    case 'integer':
      return schema.minimum ?? 1;
    case 'number':
      return 1.5;
    case 'boolean':
      return true;
    default:
      return BY_FORMAT[schema.format ?? ''] ?? 'text';
  }
}
