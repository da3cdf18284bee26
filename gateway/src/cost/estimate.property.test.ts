import fc from 'fast-check';
import {
  execute,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isListType,
  isScalarType,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { expect, test } from 'vitest';
import { randomOperation } from '../planner/testing/random-operation.ts';
import { costsOf } from './testing/costs-of.ts';

const ASSUMED = 1;
/** No list gets longer in the answers, whatever is asked for; so that they stay small. */
const LONGEST = 2;

const costs = costsOf(
  `
  enum Unit { CM INCH }
  input Slice { n: Int = 2 inner: Slice unit: Unit weighty: Int @cost(weight: "2") }
  interface Node { id: ID! kids(first: Int = 2, slice: Slice): [Node] page(first: Int): Page name: String }
  type A implements Node @cost(weight: "3") {
    id: ID! name: String @cost(weight: "2")
    kids(first: Int = 2, slice: Slice): [Node] @listSize(slicingArguments: ["first"])
    page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"], assumedSize: 2)
    tags(weighty: Int @cost(weight: "4")): [String] @cost(weight: "2")
    cells: [[Node]]
  }
  type B implements Node {
    id: ID! name: String kids(first: Int = 2, slice: Slice): [Node] @listSize(slicingArguments: ["first", "slice.n"])
    page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"], assumedSize: 1)
    other: Any bs: [B!] @listSize(assumedSize: 2)
  }
  type C { size: Int any: [Any] }
  union Any = A | B | C
  type Page { edges: [Edge] total: Int }
  type Edge { node: Node any: Any }
  type Query { node(slice: Slice): Node nodes: [Node!]! any: Any c(first: Int): [C] @listSize(slicingArguments: ["first"], assumedSize: 1) }
  type Mutation { make(slice: Slice): Node log: Int }`,
  { assumedListSize: ASSUMED, isStrict: false },
);

interface Thing {
  readonly __typename: string;
  readonly seed: number;
  /** Of a page, as it was asked for. */
  readonly length: number | undefined;
}

interface Args {
  readonly first?: number | null;
  readonly slice?: { readonly n?: number | null } | null;
}

/** Said once more, in other words than the directives above: what a list is that keeps to its size. */
function lengthOf(type: string, field: string, { first, slice }: Args, page: number | undefined): number {
  const asked = (...sizes: (number | null | undefined)[]) => {
    const given = sizes.filter((size) => size !== null && size !== undefined);
    return given.length === 0 ? undefined : Math.max(0, ...given);
  };
  switch (`${type}.${field}`) {
    case 'A.kids':
      return asked(first) ?? ASSUMED;
    case 'B.kids':
      return asked(first, slice?.n) ?? ASSUMED;
    case 'A.page':
      return asked(first) ?? 2;
    case 'B.page':
    case 'Query.c':
      return asked(first) ?? 1;
    case 'B.bs':
      return 2;
    default:
      return page ?? ASSUMED;
  }
}

/** Lists as long as they may be. */
const resolver: GraphQLFieldResolver<unknown, unknown> = (
  parent,
  args,
  _,
  { fieldName, returnType, parentType, schema },
) => {
  const { seed = 7, length: page } = (parent ?? {}) as Partial<Thing>;
  const length = lengthOf(parentType.name, fieldName, args, page);
  const complete = (type: typeof returnType, own: number, isInner: boolean): unknown => {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const items = Math.min(LONGEST, isInner ? ASSUMED : length);
      return Array.from({ length: items }, (_, index) => complete(nullable.ofType, own * 31 + index, true));
    }
    if (isScalarType(nullable)) return own % 1000;
    const named = getNamedType(nullable);
    const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : [named as GraphQLObjectType];
    const chosen = possible[Math.abs(own) % possible.length] as GraphQLObjectType;
    return { __typename: chosen.name, seed: own % 100_003, length: fieldName === 'page' ? length : undefined };
  };
  return complete(returnType, seed * 17 + fieldName.length, false);
};

function answered(schema: GraphQLSchema, source: string, given: Record<string, unknown>) {
  const document = parse(source);
  const { variableDefinitions = [] } = getOperationAST(document) ?? {};
  const { coerced } = getVariableValues(schema, variableDefinitions, given);
  if (coerced === undefined) return undefined;
  const result = execute({ schema, document, variableValues: given, fieldResolver: resolver });
  if (result instanceof Promise || result.data == null) return undefined;
  return { data: JSON.parse(JSON.stringify(result.data)), variables: coerced };
}

test.each([OperationTypeNode.QUERY, OperationTypeNode.MUTATION])(
  'no %s costs more than was estimated, where lists keep to their sizes',
  (kind) => {
    let compared = 0;
    const property = fc.property(fc.integer(), (seed) => {
      const { source, variables: given } = randomOperation(seed, costs.schema, kind);
      if (validate(costs.schema, parse(source)).length > 0) return;
      const answer = answered(costs.schema, source, given);
      if (answer === undefined) return;
      const estimated = costs.estimate(source, answer.variables);
      const actual = costs.actual(source, answer.data, answer.variables);
      expect(estimated, `${source}\n${JSON.stringify(given)}`).toBeGreaterThanOrEqual(actual);
      compared++;
    });
    fc.assert(property, { numRuns: 60, endOnFailure: true });
    expect(compared).toBeGreaterThan(15);
  },
);
