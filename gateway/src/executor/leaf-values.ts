import { type GraphQLLeafType, isEnumType } from 'graphql';

/** The JSON text of a leaf's value, which is not null; undefined when it is none of its type. */
export type LeafText = (value: unknown) => string | undefined;

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);

/** What a subgraph may send for the built-in scalars. It has serialised them: what does not fit is its mistake. */
const BUILT_IN: Readonly<Record<string, LeafText>> = {
  Int: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value <= MAX_INT && value >= MIN_INT
      ? `${value}`
      : undefined,
  Float: (value) => (typeof value === 'number' ? `${value}` : undefined),
  String: (value) => (typeof value === 'string' ? JSON.stringify(value) : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? `${value}` : undefined),
  ID: (value) => {
    if (typeof value === 'string') return JSON.stringify(value);
    return Number.isSafeInteger(value) ? `"${value}"` : undefined;
  },
};

/** Enum values that clients do not see are none; of other scalars only their subgraph knows what they may be. */
export function leafText(type: GraphQLLeafType): LeafText {
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
    return (value) => texts.get(value as string);
  }
  return BUILT_IN[type.name] ?? ((value) => JSON.stringify(value));
}
