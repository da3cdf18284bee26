import { Supergraph } from '@apollo/federation-internals';
import { getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import { normaliseOperation } from '../../planner/normalise-operation.ts';
import { compilePlan } from '../compiled-plan.ts';
import { prepareOperation } from '../prepare-operation.ts';
import { graphOf } from '../testing/graph-of.ts';

/** The first payload knows of the object that it is some `Media`, and no more. */
const { supergraphSdl, plan, types, ask } = graphOf({
  shop: {
    sdl: 'type Query { any: Media } type Media @interfaceObject @key(fields: "id") { id: ID! price: Int }',
    resolvers: { Query: { any: () => ({ id: 'f1', price: 3 }) } },
  },
  media: {
    sdl: `interface Media @key(fields: "id") { id: ID! } type Film implements Media @key(fields: "id") { id: ID! minutes: Int }
      type Book implements Media @key(fields: "id") { id: ID! pages: Int }`,
    resolvers: {
      Media: { __resolveReference: ({ id }: object & { id?: string }) => ({ __typename: 'Film', id, minutes: 117 }) },
      Film: { __resolveReference: (film: object) => ({ ...film, minutes: 117 }) },
    },
  },
});
const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();

it.each([
  ['{ any { price ...@defer { __typename } } }', { __typename: 'Film' }],
  ['{ any { price ...@defer { ... on Film { minutes } ... on Book { pages } } } }', { minutes: 117 }],
])('%s: the type that comes with the deferred fields decides on them', async (source, expected) => {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  const normal = normaliseOperation(schema, document, operation, undefined, new Set());
  const compiled = compilePlan(plan(normal.text), types);
  const { executeIncrementally } = prepareOperation({ document, operation, normal, plan: compiled, schema, types });
  const result = await executeIncrementally?.({ variables: {}, ask, patienceMs: () => 0 });
  expect(result?.initial.data).toBe('{"any":{"price":3}}');
  const later = [];
  for await (const { incremental } of result?.updates ?? []) later.push(...incremental);
  expect(later.map((one) => 'data' in one && JSON.parse(one.data))).toEqual([expected]);
});
