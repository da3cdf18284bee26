import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { buildSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { cacheHints, maxAgeOf } from './cache-hints.ts';

const DIRECTIVE = 'directive @cacheControl(maxAge: Int, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT';
const schema = buildSchema(`
  ${DIRECTIVE}
  scalar _Any
  union _Entity = Book | Member
  type Query {
    _entities(representations: [_Any!]!): [_Entity]!
    books: [Book!]!
    news: [Book!]! @cacheControl(maxAge: 5)
    count: Int
    total: Int @cacheControl(maxAge: 90)
    me: Member
    named: Named @cacheControl(maxAge: 70)
  }
  interface Named { name: String }
  type Book implements Named @cacheControl(maxAge: 60) {
    name: String
    price: Money!
    sold: Int @cacheControl(maxAge: 20)
    reader: Member
  }
  type Money @cacheControl(inheritMaxAge: true) { amount: Int }
  type Member { name: String }
`);
const REPRESENTATIONS = '_entities(representations: [])';

describe('for how long an answer may be kept', () => {
  test.each([
    ['{ books { name } }', 60],
    ['{ books { name price { amount } } }', 60],
    ['{ books { sold } }', 20],
    ['{ books { name } total }', 60],
    ['{ news { name } books { name } }', 5],
    ['{ books { reader { name } } }', 0],
    ['{ books { ...b } } fragment b on Book { reader { name } }', 0],
    ['{ me { name } }', 0],
    ['{ count }', 0],
    ['{ total }', 90],
    ['{ named { name ... on Book { sold } } }', 20],
    ['{ __typename }', 0],
    ['{ books { __typename } }', 60],
    [`{ ${REPRESENTATIONS} { ... on Book { name } } }`, 60],
    [`{ ${REPRESENTATIONS} { ... on Book { sold price { ... on Money { amount } } } } }`, 20],
    [`{ ${REPRESENTATIONS} { ... on Member { name } } }`, 0],
    [`{ ${REPRESENTATIONS} { ... on Book { name } ... on Member { name } } }`, 0],
    [`{ ${REPRESENTATIONS} { __typename } }`, 0],
  ])('%s', (query, expected) => {
    expect(maxAgeOf(parse(query), schema)).toBe(expected);
  });

  test('is said of queries without errors', async () => {
    const hints = cacheHints(schema);
    const server = new ApolloServer({
      schema,
      plugins: [hints as NonNullable<typeof hints>, ApolloServerPluginCacheControlDisabled()],
    });
    const headerOf = async (query: string) => {
      const { http } = await server.executeOperation({ query });
      return http.headers.get('cache-control');
    };
    expect(await headerOf('{ total }')).toBe('max-age=90, public');
    expect(await headerOf('{ total named { name } }')).toBe('max-age=70, public');
    expect(await headerOf('{ count }')).toBeUndefined();
    expect(await headerOf('{ nothing }')).toBeUndefined();
    // Null where it must not be.
    expect(await headerOf('{ news { name } }')).toBeUndefined();
    await server.stop();
  });

  test('nothing is said, and nothing costs, where a schema has no hints', () => {
    expect(cacheHints(buildSchema('type Query { a: Int }'))).toBeUndefined();
    expect(cacheHints(schema)).toBeDefined();
  });
});
