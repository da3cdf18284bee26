import type { JsonSchema } from './json-schema.ts';
import type { OpenApiDocument } from './openapi-document.ts';

type Members = Record<string, unknown>;

/**
 * The same in OpenAPI 3.0 (https://spec.openapis.org/oas/v3.0.4): `nullable` in place of the type null, one `example`,
 * and nothing beside a `$ref`.
 */
export function asOpenApi30(document: OpenApiDocument): object {
  const { schemas, ...others } = document.components;
  return {
    ...document,
    openapi: '3.0.4',
    paths: within(document.paths),
    components: { ...(within(others) as Members), schemas: each(schemas) },
  };
}

/** Schemas are found by the key that they stand under. */
function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => {
    if (key === 'schema') return [key, older(member as JsonSchema)];
    return [key, key === 'example' ? member : within(member)];
  });
  return Object.fromEntries(members);
}

const each = (schemas: Readonly<Record<string, JsonSchema>>): Members =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, older(schema)]));

/**
 * Nothing but null. `nullable` beside a reference would allow nothing: it speaks of the type beside it, and what is
 * referred to has one of its own that null is not.
 */
const NULL: Members = { type: 'object', nullable: true, enum: [null] };

function older({ $ref, type, oneOf, examples, items, properties, ...rest }: JsonSchema): Members {
  if (type === 'null') return NULL;
  if (oneOf !== undefined) return { ...rest, oneOf: oneOf.map(older) };
  if ($ref !== undefined) return Object.keys(rest).length === 0 ? { $ref } : { ...rest, allOf: [{ $ref }] };
  return {
    ...rest,
    ...(Array.isArray(type) ? { type: type[0], nullable: true } : type === undefined ? {} : { type }),
    ...(examples === undefined ? {} : { example: examples[0] }),
    ...(items === undefined ? {} : { items: older(items) }),
    ...(properties === undefined ? {} : { properties: each(properties) }),
  };
}
