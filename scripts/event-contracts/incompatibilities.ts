import type { JsonSchema } from '../../packages/service-kit/src/index.ts';

/** What the comparison understands. Every other keyword is reported: it might say something that matters. */
const COMPARED = new Set(
  `type const enum anyOf format pattern minLength maxLength minimum exclusiveMinimum maximum exclusiveMaximum
  properties required additionalProperties items minItems maxItems`.split(/\s+/),
);
/** Keywords that no value is refused for, beside `x-…`. */
const ANNOTATIONS = new Set([
  '$schema',
  '$comment',
  '$id',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
]);

const TYPES = ['null', 'boolean', 'string', 'integer', 'number', 'array', 'object'];

/** A keyword, the type of the values that it is about, and whether more of it refuses more (1) or less (-1). */
const SIZES = [
  ['minLength', 'string', 1],
  ['maxLength', 'string', -1],
  ['minItems', 'array', 1],
  ['maxItems', 'array', -1],
] as const;

/**
 * Why data that is valid by `sent` may not be valid by `accepted`; empty when it always is. Where it cannot tell, it
 * says so. A sender sends the properties that it declares, and no others.
 *
 * With what a consumer reads and what its producer publishes it tells whether they understand each other; with a
 * published schema and a newer one of the same version, whether the change breaks those who hear it.
 *
 * @param at the place of the value, for the messages
 */
export function incompatibilities(accepted: JsonSchema, sent: JsonSchema, at: string): string[] {
  const notCompared = new Set([...unknownKeywords(accepted), ...unknownKeywords(sent)]);
  if (notCompared.size > 0) return [...notCompared].map((keyword) => `${at}: "${keyword}" cannot be compared`);
  const { anyOf: sentBranches } = sent;
  if (isSchemas(sentBranches)) return sentBranches.flatMap((branch) => incompatibilities(accepted, branch, at));

  const otherTypes = typeIncompatibilities(accepted, sent, at);
  if (otherTypes.length > 0) return otherTypes;
  const types = typesOf(sent);
  return [
    ...branchIncompatibilities(accepted, sent, at),
    ...valueIncompatibilities(accepted, sent, at),
    ...textIncompatibilities(accepted, sent, at),
    ...sizeIncompatibilities(accepted, sent, at),
    ...rangeIncompatibilities(accepted, sent, at),
    ...(types.includes('object') ? objectIncompatibilities(accepted, sent, at) : []),
    ...(types.includes('array') ? itemIncompatibilities(accepted, sent, at) : []),
  ];
}

function typeIncompatibilities(accepted: JsonSchema, sent: JsonSchema, at: string): string[] {
  const known = typesOf(accepted);
  const others = typesOf(sent).filter(
    (type) => !known.includes(type) && !(type === 'integer' && known.includes('number')),
  );
  return others.map((type) => `${at} may be ${type}, where ${known.join(' or ')} is expected`);
}

function branchIncompatibilities({ anyOf }: JsonSchema, sent: JsonSchema, at: string): string[] {
  if (!isSchemas(anyOf) || anyOf.some((branch) => incompatibilities(branch, sent, at).length === 0)) return [];
  return [`${at} may be what none of the expected alternatives takes`];
}

function valueIncompatibilities(accepted: JsonSchema, sent: JsonSchema, at: string): string[] {
  const known = valuesOf(accepted);
  if (known === undefined) return [];
  const values = valuesOf(sent);
  if (values === undefined) return [`${at} may be anything, where ${JSON.stringify(known)} is expected`];
  return values.filter((value) => !known.includes(value)).map((value) => `${at} may be ${JSON.stringify(value)}`);
}

function textIncompatibilities(accepted: JsonSchema, sent: JsonSchema, at: string): string[] {
  if (!typesOf(sent).includes('string')) return [];
  const { format, pattern } = accepted;
  const values = valuesOf(sent)?.filter((value) => typeof value === 'string');
  const allMatch = typeof pattern === 'string' && values?.every((value) => new RegExp(pattern, 'u').test(value));
  return [
    ...(format === undefined || format === sent.format ? [] : [`${at} may not have the format ${format}`]),
    ...(pattern === undefined || pattern === sent.pattern || allMatch ? [] : [`${at} may not match ${pattern}`]),
  ];
}

function sizeIncompatibilities(accepted: JsonSchema, sent: JsonSchema, at: string): string[] {
  const lengths = valuesOf(sent)?.flatMap((value) => (typeof value === 'string' ? [[...value].length] : []));
  return SIZES.flatMap(([keyword, type, sign]) => {
    const limit = accepted[keyword];
    if (typeof limit !== 'number' || !typesOf(sent).includes(type)) return [];
    const fromValues =
      type === 'string' && lengths !== undefined ? Math.min(...lengths.map((n) => n * sign)) : undefined;
    const least = sign === 1 ? 0 : -Infinity;
    const actual = fromValues ?? (typeof sent[keyword] === 'number' ? sent[keyword] * sign : least);
    return actual >= limit * sign ? [] : [`${at} may go beyond ${keyword} ${limit}`];
  });
}

function rangeIncompatibilities(accepted: JsonSchema, sent: JsonSchema, at: string): string[] {
  const types = typesOf(sent);
  if (!types.includes('integer') && !types.includes('number')) return [];
  return (
    [
      ['minimum', 'exclusiveMinimum', 1],
      ['maximum', 'exclusiveMaximum', -1],
    ] as const
  ).flatMap(([inclusive, exclusive, sign]) => {
    const end = rangeEnd(sent, inclusive, exclusive, sign);
    const limit = accepted[inclusive];
    const open = accepted[exclusive];
    const within =
      (typeof limit !== 'number' || end.at >= limit * sign) &&
      (typeof open !== 'number' || end.at > open * sign || (end.open && end.at === open * sign));
    return within ? [] : [`${at} may go beyond ${inclusive} ${limit ?? `${open}, which is excluded`}`];
  });
}

/** Where the numbers of a schema end, as if it were below (`sign` -1 turns the axis around). */
function rangeEnd(
  schema: JsonSchema,
  inclusive: string,
  exclusive: string,
  sign: 1 | -1,
): { at: number; open: boolean } {
  const numbers = valuesOf(schema)?.filter((value) => typeof value === 'number');
  if (numbers !== undefined) return { at: Math.min(...numbers.map((value) => value * sign)), open: false };
  const limit = numberOr(schema[inclusive], -sign * Infinity) * sign;
  const open = numberOr(schema[exclusive], -sign * Infinity) * sign;
  // Whole numbers above 0 are those from 1.
  if (!typesOf(schema).includes('number')) return { at: Math.max(limit, Math.floor(open) + 1), open: false };
  return { at: Math.max(limit, open), open: open >= limit };
}

function objectIncompatibilities(accepted: JsonSchema, sent: JsonSchema, at: string): string[] {
  const known = propertiesOf(accepted);
  const there = propertiesOf(sent);
  const missing = requiredOf(accepted).filter((name) => !requiredOf(sent).includes(name));
  const refused = accepted.additionalProperties === false ? Object.keys(there).filter((name) => !(name in known)) : [];
  return [
    ...missing.map((name) => `${at}.${name} may be missing`),
    ...refused.map((name) => `${at}.${name} is not expected at all`),
    ...Object.entries(known).flatMap(([name, schema]) => {
      const sentSchema = there[name];
      return sentSchema === undefined ? [] : incompatibilities(schema, sentSchema, `${at}.${name}`);
    }),
  ];
}

const itemIncompatibilities = (accepted: JsonSchema, sent: JsonSchema, at: string): string[] =>
  accepted.items === undefined
    ? []
    : incompatibilities(accepted.items as JsonSchema, (sent.items ?? {}) as JsonSchema, `${at}[]`);

function unknownKeywords(schema: JsonSchema | boolean): string[] {
  if (typeof schema === 'boolean') return [`${schema}`];
  const unknown = Object.keys(schema).filter(
    (keyword) => !COMPARED.has(keyword) && !ANNOTATIONS.has(keyword) && !keyword.startsWith('x-'),
  );
  const { additionalProperties } = schema;
  return typeof additionalProperties === 'object' ? [...unknown, 'additionalProperties'] : unknown;
}

/** The types that a schema allows. */
function typesOf(schema: JsonSchema): string[] {
  if (schema.type !== undefined) return [schema.type].flat() as string[];
  const ofValues = valuesOf(schema)?.map((value) => {
    if (value === null) return 'null';
    return Number.isInteger(value) ? 'integer' : typeof value;
  });
  return ofValues ?? TYPES;
}

/** The values that a schema lists; undefined: it lists none. */
function valuesOf({ const: only, enum: values }: JsonSchema): unknown[] | undefined {
  return only === undefined ? (values as unknown[] | undefined) : [only];
}

const isSchemas = (value: unknown): value is JsonSchema[] => Array.isArray(value);
const propertiesOf = ({ properties }: JsonSchema) => (properties ?? {}) as Readonly<Record<string, JsonSchema>>;
const requiredOf = ({ required }: JsonSchema) => (required ?? []) as readonly string[];
const numberOr = (value: unknown, other: number) => (typeof value === 'number' ? value : other);
