import { ApolloServer } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { trace } from '@opentelemetry/api';
import { parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CodedError } from '../errors/coded-error.ts';
import { codedErrorOf } from '../errors/coded-error-of.ts';
import { rowLoader } from '../graphql/batch.ts';
import { recordSpans } from '../testing/recorded-spans.ts';
import { contractBreaches } from '../testing/span-contract.ts';
import { inChildSpan, inEntrySpan } from '../tracing/tracing.ts';
import { executionSpans } from './execution-spans.ts';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  type Query { books(first: Int!): [Book!]! now: Int refused: Int broken: Int thrown: Int }
  type Book @key(fields: "id") { id: ID! title: String! author: Author price: Int sold: Int maybe(late: Boolean!): Int }
  type Author @key(fields: "id") { id: ID! name: String! }
`);

interface Context {
  authors: ReturnType<typeof authorLoader>;
}
const isKey = () => true;
const authorLoader = () =>
  rowLoader(
    'author',
    async (ids) => {
      await inChildSpan('SELECT authors', {}, async () => {});
      return ids.map((id) => ({ id, name: `author ${id}` }));
    },
    ({ id }) => id,
    isKey,
  );
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

const resolvers = {
  Query: {
    books: async (_: unknown, { first }: { first: number }) => idsOf(first).map((id) => ({ id, title: 't' })),
    now: (_: unknown, _args: unknown, _context: Context) => 1,
    refused: () => Promise.reject(new CodedError('FORBIDDEN')),
    broken: async (_: unknown, _args: unknown, _context: Context) => Promise.reject(new TypeError('canary')),
    thrown: (_: unknown, _args: unknown, _context: Context) => {
      throw new TypeError('canary');
    },
  },
  Book: {
    price: () => 1,
    sold: (_: unknown, _args: unknown, _context: Context) => {
      throw new RangeError('canary');
    },
    author: ({ id }: { id: string }, _args: unknown, { authors }: Context) => authors.load(`${Number(id) % 2}`),
    maybe: (_: unknown, { late }: { late: boolean }, _context: Context) => (late ? Promise.resolve(1) : 1),
    __resolveReference: async ({ id }: { id: string }) => ({ id, title: 't' }),
  },
  Author: {
    __resolveReference: ({ id }: { id: string }, { authors }: Context) => authors.load(id),
  },
};

const { tracer, take } = recordSpans('books');
const spans = executionSpans(tracer);
const server = new ApolloServer<Context>({
  schema: buildSubgraphSchema([{ typeDefs, resolvers: spans.traced(resolvers) as never }]),
  plugins: [spans.plugin],
  formatError: (formatted, error) => ({
    ...formatted,
    extensions: { code: codedErrorOf(unwrapResolverError(error))?.code ?? 'INTERNAL_SERVER_ERROR' },
  }),
});
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => void take());

const RECORDED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** Spans of an operation: for each, the way to it from the request's, and what it says. */
async function spansOf(query: string, traceparent = RECORDED) {
  const contextValue = { authors: authorLoader() };
  await inEntrySpan(tracer, 'request', traceparent, {}, () => server.executeOperation({ query }, { contextValue }));
  const all = take().filter(({ name }) => name !== 'request');
  const byId = new Map(all.map((span) => [span.spanId, span]));
  expect(contractBreaches(all.filter(({ name }) => !name.startsWith('SELECT')))).toEqual([]);
  const pathOf = (id: string | undefined): string[] => {
    const span = byId.get(id ?? '');
    return span === undefined ? [] : [...pathOf(span.parentSpanId), span.name];
  };
  return all
    .map(({ spanId, attributes, hasFailed }) => ({ path: pathOf(spanId).join(' > '), attributes, hasFailed }))
    .sort((a, b) => a.path.localeCompare(b.path));
}
const pathsOf = async (query: string, traceparent?: string) =>
  (await spansOf(query, traceparent)).map(({ path }) => path);

test('an operation, what waits in it, and one of each batch', async () => {
  expect(await spansOf('query Books { books(first: 20) { id title price author { name } } }')).toEqual([
    {
      path: 'graphql.execute',
      attributes: { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Books' },
      hasFailed: false,
    },
    { path: 'graphql.execute > resolve Book.author', attributes: { 'graphql.resolver.calls': 20 }, hasFailed: false },
    {
      path: 'graphql.execute > resolve Book.author > batch author',
      attributes: { 'graphql.batch.name': 'author', 'graphql.batch.keys': 2 },
      hasFailed: false,
    },
    {
      path: 'graphql.execute > resolve Book.author > batch author > SELECT authors',
      attributes: {},
      hasFailed: false,
    },
    { path: 'graphql.execute > resolve Query.books', attributes: { 'graphql.resolver.calls': 1 }, hasFailed: false },
  ]);
});

test('the references of one type are one', async () => {
  const references = [1, 2, 3].map((id) => `{ __typename: "Author", id: "${id}" }`).join();
  const others = [1, 2].map((id) => `{ __typename: "Book", id: "${id}" }`).join();
  const found = await spansOf(
    `{ _entities(representations: [${references}, ${others}]) { ... on Author { name } ... on Book { title } } }`,
  );
  expect(found.map(({ path, attributes }) => [path.split(' > ').at(-1), attributes['graphql.resolver.calls']])).toEqual(
    [
      ['graphql.execute', undefined],
      ['resolve reference Author', 3],
      ['batch author', undefined],
      ['SELECT authors', undefined],
      ['resolve reference Book', 2],
    ],
  );
});

test('what is there at once is none', async () => {
  expect(await pathsOf('{ now }')).toEqual(['graphql.execute']);
  const [asynchronous, atOnce] = [true, false].map((late) => `{ books(first: 2) { maybe(late: ${late}) } }`);
  expect(await pathsOf(atOnce ?? '')).toEqual(['graphql.execute', 'graphql.execute > resolve Query.books']);
  expect(await pathsOf(asynchronous ?? '')).toContain('graphql.execute > resolve Book.maybe');
});

test('a resolver that fails says by what, and whether it is to blame', async () => {
  const [, broken, refused] = await spansOf('{ refused broken }');
  expect(broken).toMatchObject({ path: 'graphql.execute > resolve Query.broken', hasFailed: true });
  expect(broken?.attributes['error.type']).toBe('TypeError');
  // It takes no context and is no async function: not known to wait.
  expect(refused).toBeUndefined();
  expect(JSON.stringify(broken)).not.toContain('canary');
});

test('an operation that answers with errors of ours has failed, by the first of their codes', async () => {
  const [broken] = await spansOf('{ refused broken }');
  expect(broken).toMatchObject({
    hasFailed: true,
    attributes: { 'error.type': 'INTERNAL_SERVER_ERROR', 'graphql.errors.count': 2 },
  });
  const [refused] = await spansOf('{ refused }');
  expect(refused).toMatchObject({ hasFailed: false, attributes: { 'error.type': 'FORBIDDEN' } });
});

test('a resolver that throws before it waits has a span, one for however many it throws for', async () => {
  const [, thrown] = await spansOf('{ thrown }');
  expect(thrown).toMatchObject({
    path: 'graphql.execute > resolve Query.thrown',
    hasFailed: true,
    attributes: { 'error.type': 'TypeError', 'graphql.resolver.calls': 1 },
  });
  const paths = await pathsOf('{ books(first: 5) { sold } }');
  expect(paths.filter((path) => path.endsWith('resolve Book.sold'))).toHaveLength(1);
});

test('where the request is not recorded there are none, and outside of one', async () => {
  expect(await pathsOf('{ books(first: 2) { author { name } } }', RECORDED.replace(/01$/, '00'))).toEqual([]);
  expect(trace.getActiveSpan()).toBeUndefined();
});
