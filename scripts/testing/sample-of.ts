import type { JsonSchema } from '../../packages/service-kit/src/index.ts';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A value that is valid by `schema`, often at the edge of what is: ends of ranges, empty lists, optional fields left
 * out, and fields that the schema does not name.
 *
 * @throws Error where it does not know how to make one
 */
export function sampleOf(schema: JsonSchema, random: () => number): unknown {
  const { const: only, enum: values, anyOf, type } = schema;
  if (only !== undefined) return only;
  const alternatives = (values ?? anyOf) as unknown[] | undefined;
  if (alternatives !== undefined) {
    const chosen = pick(alternatives, random);
    return values === undefined ? sampleOf(chosen as JsonSchema, random) : chosen;
  }
  switch (Array.isArray(type) ? pick(type, random) : type) {
    case 'null':
      return null;
    case 'boolean':
      return random() < 0.5;
    case 'integer':
      return integerOf(schema, random);
    case 'string':
      return textOf(schema, random);
    case 'array':
      return Array.from({ length: sizeOf(schema, 'Items', random) }, () =>
        sampleOf(schema.items as JsonSchema, random),
      );
    case 'object':
      return objectOf(schema, random);
    default:
      throw new Error(`no sample of type ${type}`);
  }
}

function objectOf(schema: JsonSchema, random: () => number): Record<string, unknown> {
  const required = (schema.required ?? []) as string[];
  const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
    .filter(([name]) => required.includes(name) || random() < 0.5)
    .map(([name, property]) => [name, sampleOf(property, random)]);
  if (random() < 0.3) fields.push(['addedLater', 'x']);
  return Object.fromEntries(fields);
}

function integerOf(schema: JsonSchema, random: () => number): number {
  const number = (keyword: string, other: number) => (schema[keyword] as number | undefined) ?? other;
  const low = Math.max(number('minimum', Number.MIN_SAFE_INTEGER), number('exclusiveMinimum', -Infinity) + 1);
  const high = Math.min(number('maximum', Number.MAX_SAFE_INTEGER), number('exclusiveMaximum', Infinity) - 1);
  return pick([low, high, low + Math.floor(random() * (high - low + 1))], random);
}

function textOf(schema: JsonSchema, random: () => number): string {
  const letters = (count: number, alphabet: string) =>
    Array.from({ length: count }, () => pick([...alphabet], random)).join('');
  if (schema.format === 'uuid') {
    const variant = letters(1, '89ab');
    return `${letters(8, HEX)}-${letters(4, HEX)}-7${letters(3, HEX)}-${variant}${letters(3, HEX)}-${letters(12, HEX)}`;
  }
  const capitals = /^\^\[A-Z\]\{(\d+)\}\$$/.exec(String(schema.pattern));
  if (capitals !== null) return letters(Number(capitals[1]), 'ABCXYZ');
  if (schema.format !== undefined || schema.pattern !== undefined)
    throw new Error(`no sample of ${schema.format ?? schema.pattern}`);
  return letters(sizeOf(schema, 'Length', random), 'aZ0 -éﬁ漢"\\\n');
}

function sizeOf(schema: JsonSchema, of: 'Items' | 'Length', random: () => number): number {
  const least = (schema[`min${of}`] as number | undefined) ?? 0;
  const most = (schema[`max${of}`] as number | undefined) ?? least + 40;
  return pick([least, most, least + Math.floor(random() * (most - least + 1))], random);
}

const HEX = '0123456789abcdef';
const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)] as T;
