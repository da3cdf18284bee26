import type { JsonSchema } from './json-schema.ts';
import type { OpenApiDocument } from './openapi-document.ts';

type Members = Record<string, unknown>;

/**
 * The same in OpenAPI 3.0 (https://spec.openapis.org/oas/v3.0.4): `nullable` in place of the type null, one `example`,
 * and nothing beside a `$ref`.
 */
export function asOpenApi30(document: OpenApiDocument): object {
  const { schemas, ...others } = document.components;
  const older = new OlderSchemas(schemas);
  return {
    ...document,
    openapi: '3.0.4',
    paths: older.within(document.paths),
    components: { ...(older.within(others) as Members), schemas: older.each(schemas) },
  };
}

class OlderSchemas {
  readonly #named: Readonly<Record<string, JsonSchema>>;

  constructor(named: Readonly<Record<string, JsonSchema>>) {
    this.#named = named;
  }

  /** Schemas are found by the key that they stand under. */
  within(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.within(one));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, member]): [string, unknown] => {
      if (key === 'schema') return [key, this.#older(member as JsonSchema)];
      return [key, key === 'example' ? member : this.within(member)];
    });
    return Object.fromEntries(members);
  }

  each(schemas: Readonly<Record<string, JsonSchema>>): Members {
    return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, this.#older(schema)]));
  }

  #older({ $ref, type, oneOf, examples, items, properties, ...rest }: JsonSchema): Members {
    if (oneOf !== undefined) return { ...rest, ...this.#choice(oneOf) };
    if ($ref !== undefined) return Object.keys(rest).length === 0 ? { $ref } : { ...rest, allOf: [{ $ref }] };
    return {
      ...rest,
      ...(Array.isArray(type) ? { type: type[0], nullable: true } : type === undefined ? {} : { type }),
      ...(examples === undefined ? {} : { example: examples[0] }),
      ...(items === undefined ? {} : { items: this.#older(items) }),
      ...(properties === undefined ? {} : { properties: this.each(properties) }),
    };
  }

  #choice(oneOf: readonly JsonSchema[]): Members {
    const [first, ...others] = oneOf.filter(({ type }) => type !== 'null').map((one) => this.#older(one));
    if (first === undefined || others.length > 0 || oneOf.length === 1) return { oneOf: [first, ...others] };
    // `nullable` takes a type beside it, which is that of the schema it speaks of.
    const name = String(oneOf[0]?.$ref).split('/').at(-1) ?? '';
    const type = this.#named[name]?.type;
    return { ...(type === undefined ? {} : { type }), nullable: true, allOf: [first] };
  }
}
