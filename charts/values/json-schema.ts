/** What the charts' values need of JSON Schema draft-07, the newest that Helm 3 and 4 both read. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

type JsonType = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string';

export const BOOLEAN: JsonSchema = { type: 'boolean' };
export const STRING: JsonSchema = { type: 'string' };
/** An object of Kubernetes or of a service's own, which whoever reads it checks. */
export const ANY_OBJECT: JsonSchema = { type: 'object' };

/** An object with these keys and no others. */
export const closedObject = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length > 0 && { required }),
  properties,
});

/** An object whose keys the user chooses. */
export const mapOf = (values: JsonSchema, keys?: JsonSchema): JsonSchema => ({
  type: 'object',
  ...(keys !== undefined && { propertyNames: keys }),
  additionalProperties: values,
});

export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

export const oneOf = (...values: readonly string[]): JsonSchema => ({ enum: values });

export const integer = (minimum: number, maximum?: number): JsonSchema => ({
  type: 'integer',
  minimum,
  ...(maximum !== undefined && { maximum }),
});
