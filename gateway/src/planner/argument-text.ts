import {
  type ArgumentNode,
  type ASTNode,
  type GraphQLArgument,
  GraphQLFloat,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLNonNull,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type ObjectValueNode,
  print,
  stripIgnoredCharacters,
  type ValueNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';

/**
 * Arguments as text, in which a marked literal is to become a variable: the mark holds its type and its value, between
 * control characters, which are in neither GraphQL nor JSON.
 */
export interface ArgumentText {
  readonly text: string;
  /** The client's. */
  readonly variables: readonly string[];
  /** Those of them that stand where null is not allowed. */
  readonly nonNull: readonly string[];
}

const NO_ARGUMENTS: ArgumentText = { text: '', variables: [], nonNull: [] };

const MARK = '\u0000';

/** The text with what `nameOf` says in place of each marked literal. */
export function replaceLiterals(text: string, nameOf: (type: string, value: string) => string): string {
  const parts = text.split(MARK);
  let replaced = parts[0] as string;
  for (let index = 1; index < parts.length; index += 3) {
    const [type, value, after] = parts.slice(index, index + 3) as [string, string, string];
    replaced += nameOf(type, value) + after;
  }
  return replaced;
}

/** Sorted by name. What is left out stays left out: the subgraph knows the default. */
export function argumentText(given: readonly ArgumentNode[], known: readonly GraphQLArgument[]): ArgumentText {
  if (given.length === 0) return NO_ARGUMENTS;
  const writer = new ValueWriter();
  const texts = sortedByName(given).map(({ name, value }) => {
    const type = known.find((argument) => argument.name === name.value)?.type;
    return `${name.value}:${type === undefined ? writer.asIs(value) : writer.write(value, type)}`;
  });
  return { text: `(${texts.join()})`, variables: [...writer.variables], nonNull: [...writer.nonNull] };
}

/** The value as JSON text; undefined where JSON would not say the same, or where it holds variables. */
export function jsonOf(value: ValueNode, type: GraphQLInputType): string | undefined {
  return isPlain(value, type) ? JSON.stringify(valueFromASTUntyped(value)) : undefined;
}

export function variablesIn(node: ASTNode): string[] {
  const names: string[] = [];
  visit(node, { Variable: ({ name }) => void names.push(name.value) });
  return names;
}

const sortedByName = <T extends { readonly name: { readonly value: string } }>(nodes: readonly T[]): T[] =>
  nodes.toSorted((a, b) => (a.name.value < b.name.value ? -1 : 1));

class ValueWriter {
  readonly variables = new Set<string>();
  readonly nonNull = new Set<string>();

  write(value: ValueNode, type: GraphQLInputType): string {
    if (value.kind === Kind.VARIABLE) {
      if (isNonNullType(type)) this.nonNull.add(value.name.value);
      return this.asIs(value);
    }
    const json = jsonOf(value, type);
    if (json !== undefined) return [MARK, type, MARK, json, MARK].join('');
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      if (value.kind !== Kind.LIST) return this.write(value, nullable.ofType);
      return `[${value.values.map((item) => this.write(item, nullable.ofType)).join()}]`;
    }
    if (isInputObjectType(nullable) && value.kind === Kind.OBJECT) return this.#writeObject(value, nullable);
    // Of what is inside a scalar of the graph's own, nobody knows a type.
    return this.asIs(value);
  }

  asIs(value: ValueNode): string {
    for (const name of variablesIn(value)) this.variables.add(name);
    return stripIgnoredCharacters(print(value));
  }

  #writeObject({ fields }: ObjectValueNode, type: GraphQLInputObjectType): string {
    const known = type.getFields();
    const texts = sortedByName(fields).map(({ name, value }) => {
      const fieldType = known[name.value]?.type;
      if (fieldType === undefined) return `${name.value}:${this.asIs(value)}`;
      // Where one of the fields has to be given, a variable must not be null.
      return `${name.value}:${this.write(value, type.isOneOf ? nonNull(fieldType) : fieldType)}`;
    });
    return `{${texts.join()}}`;
  }
}

const nonNull = (type: GraphQLInputType): GraphQLInputType => new GraphQLNonNull(getNullableType(type));

function isPlain(value: ValueNode, type: GraphQLInputType): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return false;
    case Kind.INT:
    case Kind.FLOAT:
      return isPlainNumber(value.value, type);
    case Kind.LIST: {
      const list = getNullableType(type);
      return value.values.every((item) => isPlain(item, isListType(list) ? list.ofType : type));
    }
    case Kind.OBJECT: {
      const named = getNamedType(type);
      const fields = isInputObjectType(named) ? named.getFields() : {};
      return value.fields.every((field) => isPlain(field.value, fields[field.name.value]?.type ?? type));
    }
    default:
      return true;
  }
}

/** A scalar of the graph's own may know more of a number than its nearest double. */
function isPlainNumber(text: string, type: GraphQLInputType): boolean {
  const number = Number(text);
  if (!Number.isFinite(number) || Object.is(number, -0)) return false;
  const digits = text.replace(/e.*/i, '').replaceAll(/[-.]/g, '').replace(/^0+/, '');
  return digits.length <= EXACT_DIGITS || getNamedType(type) === GraphQLFloat;
}

/** Any number of so many decimal digits is a double and back the same. */
const EXACT_DIGITS = 15;
