/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 uses it; only what is written here. */
export interface JsonSchema {
  $ref?: string;
  type?: JsonType | [JsonType, 'null'];
  format?: string;
  description?: string;
  deprecated?: boolean;
  /** The day after which it may be gone, `YYYY-MM-DD`. */
  'x-sunset'?: string;
  enum?: readonly (string | null)[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: boolean;
  oneOf?: readonly JsonSchema[];
  examples?: readonly unknown[];
}

type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** The same, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  if (typeof type !== 'string') return { oneOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(schema.enum === undefined ? {} : { enum: [...schema.enum, null] }) };
}
