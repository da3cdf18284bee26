import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

export interface Call {
  /** Of the field that is called, `Query.order`. */
  coordinate: string;
  /** With the values as variables; undefined where they are too large for that. */
  byVariables: Operation | undefined;
  /** With the values in the document. */
  byLiterals: Operation;
}

export interface Operation {
  document: string;
  variables: Record<string, unknown>;
}

export interface KnownValues {
  /** What a good caller would send, by coordinate (`RestockInput.productId`, `Query.order.id`), or by type. */
  good: Readonly<Record<string, unknown>>;
  /** Values to try, by the scalar's name; what is not there is taken for a string. */
  scalars: Readonly<Record<string, readonly unknown[]>>;
  /** To try as `after`: also one of every list, each of which all other lists are given. */
  cursors: readonly unknown[];
}

/** From a query to the object types whose fields take arguments, for example `me { … }`. */
export type Ways = Readonly<Record<string, string>>;

/** An argument or a field of an input. */
interface Place {
  name: string;
  type: GraphQLInputType;
  coordinate: string;
}

/** The gateway refuses larger variables; written into the document such values go further. */
const MAX_VARIABLE_LENGTH = 60_000;
const MANY = 1000;
/** Of each answer: its leaves, and those of what is in it. */
const SELECTED_LEVELS = 1;

/**
 * Every call of every field that takes arguments, with a hostile value at one place and good ones elsewhere, and with
 * hostile ones everywhere; and of every root field as it is.
 */
export function* hostileCalls(schema: GraphQLSchema, known: KnownValues, ways: Ways): Generator<Call> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    // Those have no single answer: see `hostileSubscriptions`.
    if (type === schema.getSubscriptionType()) continue;
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0 && !isRoot) continue;
      const way = isRoot ? '…' : ways[type.name];
      if (way === undefined) throw new Error(`${type.name}.${field.name} takes arguments: say how to reach it`);
      const keyword = type === schema.getMutationType() ? 'mutation' : 'query';
      yield* callsOf(keyword, way, `${type.name}.${field.name}`, field, known);
    }
  }
}

/** The same of every field of `Subscription`. */
export function* hostileSubscriptions(schema: GraphQLSchema, known: KnownValues): Generator<Call> {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    yield* callsOf('subscription', '…', `Subscription.${field.name}`, field, known);
  }
}

function* callsOf(
  keyword: string,
  way: string,
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  known: KnownValues,
): Generator<Call> {
  const places = field.args.map(({ name, type }) => ({ name, type, coordinate: `${coordinate}.${name}` }));
  const required = field.args.filter(isRequiredArgument).map(({ name }) => name);
  const operation = (head: string, written: readonly string[]) => {
    const args = written.length === 0 ? '' : `(${written.join(', ')})`;
    return `${head} { ${way.replace('…', `${field.name}${args} ${selectionOf(field.type, SELECTED_LEVELS)}`)} }`;
  };
  for (const values of variantsOfObject(places, required, known)) {
    const given = places.filter(({ name }) => values[name] !== undefined);
    const declared = given.map(({ name, type }) => `$${name}: ${type}`);
    const head = given.length === 0 ? keyword : `${keyword} (${declared.join(', ')})`;
    const variables = given.map(({ name }) => `${name}: $${name}`);
    const literals = given.map(({ name, type }) => `${name}: ${literal(type, values[name])}`);
    const isLarge = JSON.stringify(values).length > MAX_VARIABLE_LENGTH;
    yield {
      coordinate,
      byVariables: isLarge ? undefined : { document: operation(head, variables), variables: values },
      byLiterals: { document: operation(keyword, literals), variables: {} },
    };
  }
}

function* variantsOfObject(
  places: readonly Place[],
  required: readonly string[],
  known: KnownValues,
): Generator<Record<string, unknown>> {
  const base = Object.fromEntries(
    places
      .filter(({ name, coordinate }) => required.includes(name) || coordinate in known.good)
      .map(({ name, type, coordinate }) => [name, goodValue(type, coordinate, known)]),
  );
  yield base;
  const all = places.map(({ name, type, coordinate }) => ({ name, variants: [...variants(type, coordinate, known)] }));
  for (const { name, variants } of all) for (const value of variants) yield { ...base, [name]: value };
  if (places.length < 2) return;
  const longest = Math.max(...all.map(({ variants }) => variants.length));
  for (let index = 0; index < longest; index += 7) {
    yield Object.fromEntries(all.map(({ name, variants }) => [name, variants[index % variants.length]]));
  }
}

function* variants(type: GraphQLInputType, coordinate: string, known: KnownValues): Generator<unknown> {
  if (isNonNullType(type)) return yield* variants(type.ofType, coordinate, known);
  yield null;
  if (isListType(type)) {
    yield [];
    yield Array(MANY).fill(goodValue(type.ofType, coordinate, known));
    for (const value of variants(type.ofType, coordinate, known)) yield [value];
  } else if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const places = fields.map((field) => ({ ...field, coordinate: `${type.name}.${field.name}` }));
    yield* variantsOfObject(
      places,
      fields.filter(isRequiredInputField).map(({ name }) => name),
      known,
    );
  } else if (isEnumType(type)) yield* [...type.getValues().map(({ name }) => name), 'NO_SUCH_VALUE', '__proto__'];
  else if (coordinate.endsWith('.after')) yield* known.cursors;
  else yield* known.scalars[type.name] ?? known.scalars.String ?? [];
}

function goodValue(type: GraphQLInputType, coordinate: string, known: KnownValues): unknown {
  if (isNonNullType(type)) return goodValue(type.ofType, coordinate, known);
  if (coordinate in known.good) return known.good[coordinate];
  if (isListType(type)) return [goodValue(type.ofType, coordinate, known)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return known.good[type.name];
  const fields = Object.values(type.getFields()).filter(
    (field) => isRequiredInputField(field) || `${type.name}.${field.name}` in known.good,
  );
  return Object.fromEntries(
    fields.map((field) => [field.name, goodValue(field.type, `${type.name}.${field.name}`, known)]),
  );
}

/** The value as it stands in a document. */
function literal(type: GraphQLInputType, value: unknown): string {
  if (isNonNullType(type)) return literal(type.ofType, value);
  if (isListType(type) && Array.isArray(value)) return `[${value.map((item) => literal(type.ofType, item)).join(' ')}]`;
  if (isInputObjectType(type) && typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, inner]) => {
      const field = type.getFields()[name];
      return `${name}: ${field === undefined ? 'null' : literal(field.type, inner)}`;
    });
    return `{ ${fields.join(' ')} }`;
  }
  return isEnumType(type) && value !== null ? String(value) : JSON.stringify(value);
}

/** All leaves of a type, and of what is in it as deep as `levels`; of errors what they have in common. */
function selectionOf(type: GraphQLOutputType, levels: number): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  if (!isObjectType(named)) return '{ __typename ... on DomainError { code message } }';
  const fields = Object.values(named.getFields()).filter(
    (field) => !field.args.some(isRequiredArgument) && (levels > 0 || isLeafType(getNamedType(field.type))),
  );
  const selected = fields.map((field) => `${field.name} ${selectionOf(field.type, levels - 1)}`);
  return `{ __typename ${selected.join(' ')} }`;
}
