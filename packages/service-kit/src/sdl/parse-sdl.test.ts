import { GraphQLError, Kind } from 'graphql';
import { expect, test } from 'vitest';
import { parseSdl } from './parse-sdl.ts';

const money = { path: 'types/money.graphql', text: '# Of all.\nscalar Money' };
const onlyImports = { path: 'schema.graphql', text: '# import "./types/money.graphql"\n' };

test('definitions of all files are in one document, each with the place in its own file', () => {
  const { definitions } = parseSdl([money, { path: 'schema.graphql', text: '\n\ntype Query { x: Money }' }]);
  expect(definitions.map(({ kind, loc }) => [kind, loc?.source.name, loc?.startToken.line])).toEqual([
    [Kind.SCALAR_TYPE_DEFINITION, 'types/money.graphql', 2],
    [Kind.OBJECT_TYPE_DEFINITION, 'schema.graphql', 3],
  ]);
});

test('a file may consist of imports; a schema may not', () => {
  expect(parseSdl([money, onlyImports]).definitions).toHaveLength(1);
  expect(() => parseSdl([onlyImports])).toThrow('Syntax Error: Unexpected <EOF>.');
});

test.each([
  ['stands in a file', 'type A {\n  x Int\n}', 2],
  ['is the end of a file', 'type A {\n  x: Int', 2],
  ['is its first token', '\n"', 2],
])('a syntax error that %s is told there', (_, text, line) => {
  const parsing = () => parseSdl([money, { path: 'a.graphql', text }, { path: 'schema.graphql', text: 'scalar B' }]);
  expect(parsing).toThrow(GraphQLError);
  expect(parsing).toThrow(
    expect.objectContaining({
      source: expect.objectContaining({ name: 'a.graphql' }),
      locations: [expect.objectContaining({ line })],
    }),
  );
});
