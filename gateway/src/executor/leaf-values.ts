import { type GraphQLLeafType, isEnumType } from 'graphql';

/**
 * The JSON text of a leaf's value, which is not null; undefined when it is none of its type. `isPlain`: no string has a
 * character that JSON escapes.
 */
export type LeafText = (value: unknown, isPlain: boolean) => string | undefined;

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);

/** Characters that JSON has to escape, and surrogates, of which one may be alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON escapes
const ESCAPED = /[\u0000-\u001f"\\\ud800-\udfff]/;
/** Looking at each is quicker than `JSON.stringify` for no more than so many characters. */
const SHORT = 40;

/** The same as `JSON.stringify`, which costs several times as much for a short string. */
export function stringText(value: string): string {
  if (value.length > SHORT) return ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || code === QUOTE || code === BACKSLASH || (code >= 0xd800 && code <= 0xdfff)) {
      return JSON.stringify(value);
    }
  }
  return `"${value}"`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What a subgraph may send for the built-in scalars. It has serialised them: what does not fit is its mistake. */
const BUILT_IN: Readonly<Record<string, LeafText>> = {
  Int: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value <= MAX_INT && value >= MIN_INT
      ? `${value}`
      : undefined,
  // Of 1e999, which is JSON, infinity is read, which JSON cannot say.
  Float: (value) => (Number.isFinite(value) ? `${value}` : undefined),
  String: (value, isPlain) => (typeof value === 'string' ? (isPlain ? `"${value}"` : stringText(value)) : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? `${value}` : undefined),
  ID: (value, isPlain) => {
    if (typeof value === 'string') return isPlain ? `"${value}"` : stringText(value);
    return Number.isSafeInteger(value) ? `"${value}"` : undefined;
  },
};

/** Enum values that clients do not see are none; of other scalars only their subgraph knows what they may be. */
export function leafText(type: GraphQLLeafType): LeafText {
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
    return (value) => texts.get(value as string);
  }
  return BUILT_IN[type.name] ?? anyText;
}

/** Undefined also for what JSON cannot say: no finite number, or nested more deeply than it can be written. */
export function anyText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : undefined;
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
