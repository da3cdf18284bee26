import { Supergraph } from '@apollo/federation-internals';
import { type GraphQLObjectType, parse, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { clientSchema } from '../sdl/client-schema.ts';
import { cutLine } from './cut-line.ts';
import { lineNotValid } from './line-not-valid.ts';
import { lineSubgraphs, lineSupergraph } from './testing/line-subgraphs.ts';

const SUBGRAPHS = {
  users: `type Query { me: User node(id: ID!, deep: Boolean @since(major: 2)): Node people(sort: Sort = NAME, filter: Filter): [User!] }
interface Node { id: ID! }
type User implements Node @key(fields: "id") { id: ID! name: String @until(major: 1) displayName: String @since(major: 2) }
enum Sort { NAME AGE @until(major: 1) RANK @since(major: 3) }
input Filter { name: String age: Int @since(major: 2) }
union Actor = User | Robot
type Robot @since(major: 2) { serial: Serial }
scalar Serial @since(major: 2)`,
  orders: `type Query { orders: [Order!] actor: Actor @since(major: 2) }
type Order @key(fields: "id") { id: ID! buyer: User }
type User @key(fields: "id") { id: ID! orders: [Order!] }
union Actor @since(major: 2) = User`,
};

const supergraph = lineSupergraph(SUBGRAPHS);

/** What of the elements with a range a line has. */
function ranged(major: number): string[] {
  const { apiSchema, problems } = cutLine(supergraph, major);
  expect(problems).toEqual([]);
  const sdl = printSchema(apiSchema as NonNullable<typeof apiSchema>);
  const words = [
    'deep',
    'name: String\n}',
    'displayName',
    'AGE',
    'RANK',
    'age: Int',
    'type Robot',
    'scalar Serial',
    'actor',
    'union Actor',
  ];
  return words.filter((word) => sdl.includes(word));
}

describe('composition', () => {
  test('carries the directives to the supergraph, on every kind of element', () => {
    for (const text of [
      'import: ["@since", "@until", "@sunset"]',
      'directive @since(major: Int!) on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE',
      'deep: Boolean @since(major: 2)',
    ])
      expect(supergraph).toContain(text);
    // Of each location that the subgraphs use: field, argument, enum value, input field, object, scalar, union.
    expect(supergraph.match(/ @(since|until)\(major: \d\)/g)).toHaveLength(10);
  });

  test('gives a supergraph that loads, whose API has none of them', () => {
    const api = Supergraph.build(supergraph).apiSchema().toGraphQLJSSchema();
    expect(api.getDirective('since')).toBeUndefined();
    expect(printSchema(api)).not.toMatch(/since|until|sunset/);
  });
});

describe('a line', () => {
  test.each([
    [1, ['name: String\n}', 'AGE']],
    [2, ['deep', 'displayName', 'age: Int', 'type Robot', 'scalar Serial', 'actor', 'union Actor']],
    [3, ['deep', 'displayName', 'RANK', 'age: Int', 'type Robot', 'scalar Serial', 'actor', 'union Actor']],
  ])('%i has what its range says', (major, expected) => {
    // The input's name stands in every line; the user's in the first alone.
    const filterName = 'name: String\n}';
    expect(ranged(major).filter((word) => word !== filterName)).toEqual(expected.filter((word) => word !== filterName));
    const user = cutLine(supergraph, major).apiSchema?.getType('User') as GraphQLObjectType;
    expect(user.getFields().name !== undefined).toBe(major === 1);
  });

  test('names what it hides, and hides nothing twice', () => {
    expect(cutLine(supergraph, 1).hidden.toSorted()).toEqual([
      ...[
        'Actor',
        'Filter.age',
        'Query.actor',
        'Query.node(deep:)',
        'Robot',
        'Serial',
        'Sort.RANK',
        'User.displayName',
      ],
    ]);
  });

  test('is a supergraph that loads and gives the same API', () => {
    const cut = cutLine(supergraph, 1);
    const again = clientSchema(Supergraph.build(cut.supergraphSdl).apiSchema());
    expect(printSchema(again)).toBe(printSchema(cut.apiSchema as NonNullable<typeof cut.apiSchema>));
    expect(cut.supergraphSdl.match(/specs\.apollo\.dev\/inaccessible/g)).toHaveLength(1);
  });

  test('keeps what is hidden for keys: the supergraph has it, clients do not', () => {
    const hiddenKey = lineSupergraph({
      a: 'type Query { p: P }\ntype P @key(fields: "sku") { sku: ID! @since(major: 2) name: String }',
      b: 'type Query { q: P }\ntype P @key(fields: "sku") { sku: ID! @since(major: 2) price: Int }',
    });
    const { apiSchema, supergraphSdl, problems } = cutLine(hiddenKey, 1);
    expect(problems).toEqual([]);
    expect(printSchema(apiSchema as NonNullable<typeof apiSchema>)).not.toContain('sku');
    expect(supergraphSdl).toMatch(/sku: ID! @since\(major: 2\) @inaccessible/);
  });

  test('hides beside what is inaccessible anyway', () => {
    const sdl = lineSupergraph({
      a: 'type Query { a: Int b: Int @inaccessible c: Int @since(major: 2) d: Int @inaccessible @since(major: 2) }',
    });
    const { apiSchema, supergraphSdl, hidden } = cutLine(sdl, 1);
    expect(Object.keys(apiSchema?.getQueryType()?.getFields() ?? {})).toEqual(['a']);
    expect(hidden).toEqual(['Query.c', 'Query.d']);
    expect(supergraphSdl.match(/specs\.apollo\.dev\/inaccessible/g)).toHaveLength(1);
    expect(() => Supergraph.build(supergraphSdl).apiSchema()).not.toThrow();
  });

  test('that hides nothing is the supergraph as it is', () => {
    const plain = lineSupergraph({ a: 'type Query { a: Int }' });
    expect(cutLine(plain, 1)).toMatchObject({ supergraphSdl: plain, hidden: [] });
    expect(cutLine(parse(plain), 1).supergraphSdl).toContain('a: Int');
  });
});

describe('a line that is no schema', () => {
  test.each([
    [
      'a field of a type that is not in it',
      'type Query { a: Int\n b: B }\ntype B @since(major: 2) { x: Int }',
      'B',
      4,
      'referenced by "Query.b", which is in line 1',
    ],
    [
      'a type of which nothing is left',
      'type Query { a: Int b: B }\ntype B { x: Int @since(major: 2) }',
      'B',
      3,
      'all of its fields are not in line 1',
    ],
    [
      'a required argument that is not in it',
      'type Query {\n a(x: Int! @since(major: 2)): Int }',
      'Query.a(x:)',
      3,
      'required argument',
    ],
    [
      'an input field that is required and not in it',
      'type Query { a(i: I): Int }\ninput I { x: Int\n y: Int! @since(major: 2) }',
      'I.y',
      4,
      'required input field',
    ],
    [
      'a field that is missing for its interface',
      'type Query { a: N }\ninterface N { x: Int y: Int }\ntype T implements N { x: Int y: Int z: Int @since(major: 2) }\ntype U implements N { x: Int\n y: Int @since(major: 2) }',
      'U.y',
      6,
      'implements the interface field "N.y"',
    ],
    [
      'a default that is not in it',
      'type Query { a(e: E = B): Int }\nenum E { A\n B @since(major: 2) }',
      'E',
      3,
      'used in the default value of "Query.a(e:)"',
    ],
    ['no query', 'type Query @since(major: 2) { a: Int }', 'Query', 2, 'root query type'],
  ])('%s', (_, sdl, coordinate, line, message) => {
    const subgraphs = { a: sdl };
    const { apiSchema, problems } = cutLine(lineSupergraph(subgraphs), 1);
    expect(apiSchema).toBeUndefined();
    const findings = lineNotValid(problems, 1, lineSubgraphs(subgraphs));
    expect(findings).toMatchObject([
      {
        ...{
          severity: 'error',
          code: 'LINE_NOT_VALID',
          coordinate,
          subgraph: 'a',
          file: 'subgraphs/a/schema.graphql',
          line,
        },
        message: expect.stringMatching(/^Line 1 is no valid schema\. /),
      },
    ]);
    expect(findings[0]?.message).toContain(message);
  });

  test('is shown in the subgraph that gave it its range', () => {
    const subgraphs = {
      a: 'type Query { a: Int p: P }\ntype P @shareable { x: Int }',
      b: 'type Query { b: Int }\ntype P @shareable @since(major: 2) { x: Int }',
    };
    const { problems } = cutLine(lineSupergraph(subgraphs), 1);
    expect(lineNotValid(problems, 1, lineSubgraphs(subgraphs))).toMatchObject([
      { coordinate: 'P', subgraph: 'b', line: 3 },
    ]);
    expect(lineNotValid([], 1, lineSubgraphs(subgraphs))).toEqual([]);
  });
});
