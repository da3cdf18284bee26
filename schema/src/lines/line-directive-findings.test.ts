import { LINES_SDL } from '@tributary/service-kit/sdl';
import { describe, expect, test } from 'vitest';
import { composeSupergraph } from '../compose.ts';
import type { SubgraphSource } from '../subgraphs.ts';
import { lineDirectiveFindings } from './line-directive-findings.ts';
import { lineSubgraphs } from './testing/line-subgraphs.ts';

const subgraph = (sdl: string): SubgraphSource[] => [
  {
    ...{ name: 'a', url: 'http://127.0.0.1:5001', schemaPath: 'subgraphs/a/schema.graphql' },
    files: [{ path: 'subgraphs/a/schema.graphql', text: sdl }],
  },
];
const FEDERATION = '@link(url: "https://specs.apollo.dev/federation/v2.12"';
const composed = ({ sdl }: { sdl: string }) => {
  const { supergraphSdl, findings } = composeSupergraph(subgraph(sdl));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return supergraphSdl ?? '';
};

describe('a directive that would not reach the supergraph is found:', () => {
  const uses = 'type Query { a: Int b: Int @since(major: 2) c: Int @since(major: 3) }';
  const definition = 'directive @since(major: Int!) on FIELD_DEFINITION';
  const linked = '@link(url: "https://specs.tributary.dev/lines/v1.0", import: ["@since"])';
  test.each([
    [
      'defined and not linked',
      `extend schema ${FEDERATION})\n${definition}\n${uses}`,
      'a uses @since (2 times) without @link to https://specs.tributary.dev/lines',
    ],
    [
      'linked and not composed',
      `extend schema ${FEDERATION}) ${linked}\n${definition}\n${uses}`,
      'without @composeDirective(name: "@since")',
    ],
    [
      'another one composed',
      `extend schema ${FEDERATION}, import: ["@composeDirective"]) ${linked} @composeDirective(name: "@until")\n${definition}\n${uses}`,
      'without @composeDirective',
    ],
  ])('%s', (_, sdl, message) => {
    expect(lineDirectiveFindings(subgraph(sdl))).toMatchObject([
      {
        ...{ severity: 'error', code: 'LINES_NOT_COMPOSED', coordinate: 'Query.b', line: 3, column: 21 },
        message: expect.stringContaining(message),
      },
    ]);
  });

  test('and it is so: composition loses it without a word', () => {
    const sdl = `extend schema ${FEDERATION}) ${linked}\n${definition}\n${uses}`;
    expect(composed({ sdl })).not.toContain('@since');
  });

  test.each([
    [
      'composed',
      `extend schema ${FEDERATION}, import: ["@composeDirective"]) ${linked} @composeDirective(name: "@since")\n${definition}\n${uses}`,
    ],
    [
      'composed by its long name',
      `extend schema ${FEDERATION}) ${linked} @federation__composeDirective(name: "@since")\n${definition}\n${uses}`,
    ],
    ['linked and not used', `extend schema ${FEDERATION}) ${linked}\n${definition}\ntype Query { a: Int }`],
    [
      "a subgraph's own, of another meaning",
      `extend schema ${FEDERATION})\ndirective @since(version: String!) on FIELD_DEFINITION\ntype Query { a: Int @since(version: "2") }`,
    ],
    ['no GraphQL, of which composition tells', 'type Query {'],
  ])('not one that is %s', (_, sdl) => expect(lineDirectiveFindings(subgraph(sdl))).toEqual([]));

  test('the documented SDL is enough', () => {
    const sdl = `extend schema ${FEDERATION}, import: ["@composeDirective"])\n${LINES_SDL}\n${uses}`;
    expect(lineDirectiveFindings(subgraph(sdl))).toEqual([]);
    expect(composed({ sdl })).toContain('b: Int @since(major: 2)');
  });
});

describe('a range', () => {
  test.each([
    ['that is empty', '@since(major: 3) @until(major: 2)', 'It is in no line: since 3, and until 2.'],
    ['from 0', '@since(major: 0)', 'A major is a whole number from 1.'],
    ['to a negative major', '@until(major: -1)', 'A major is a whole number from 1.'],
  ])('%s is found', (_, range, message) => {
    const findings = lineDirectiveFindings(lineSubgraphs({ a: `type Query {\n  a: Int\n  b: Int ${range}\n}` }));
    expect(findings).toMatchObject([
      { severity: 'error', code: 'LINE_RANGE_INVALID', coordinate: 'Query.b', line: 4, column: 3, message },
    ]);
  });

  test.each(['@since(major: 2) @until(major: 2)', '@since(major: 1)', '@until(major: 7)', ''])(
    '%s is in order',
    (range) => expect(lineDirectiveFindings(lineSubgraphs({ a: `type Query { b: Int ${range} }` }))).toEqual([]),
  );
});

describe('subgraphs that say different things of one field', () => {
  const field = (directives: string) =>
    `type Query { a: Int }\ntype P @key(fields: "id") {\n  id: ID!\n  n: Int @shareable ${directives}\n}`;
  const sunset = (on: string, owner = 'team-a') =>
    `@deprecated(reason: "Gone.") @sunset(on: "${on}", owner: "${owner}")`;
  test.each([
    [
      'days',
      'SUNSET_DISAGREES',
      sunset('2027-01-31'),
      sunset('2027-06-30'),
      '@sunset(on: "2027-01-31", owner: "team-a")',
    ],
    ['owners', 'SUNSET_DISAGREES', sunset('2027-01-31'), sunset('2027-01-31', 'team-b'), 'owner: "team-b"'],
    ['lines', 'LINE_RANGE_DISAGREES', '@since(major: 2)', '@since(major: 3)', '@since(major: 2), subgraphs/b'],
    ['last lines', 'LINE_RANGE_DISAGREES', '@until(major: 2)', '@until(major: 3)', '@until(major: 3)'],
  ])('different %s are found, with both places', (_, code, one, other, text) => {
    const findings = lineDirectiveFindings(
      lineSubgraphs({ a: field(one), b: field(other).replace('a: Int', 'b: Int\n') }),
    );
    expect(findings).toMatchObject([{ severity: 'error', code, coordinate: 'P.n', subgraph: 'b', line: 6, column: 3 }]);
    expect(findings[0]?.message).toContain('subgraphs/a/schema.graphql:5:3 says ');
    expect(findings[0]?.message).toContain('subgraphs/b/schema.graphql:6:3 says ');
    expect(findings[0]?.message).toContain(text);
  });

  test('and it is so: composition takes one of them, with a hint at most', () => {
    const { supergraphSdl, findings } = composeSupergraph(
      lineSubgraphs({ a: field(sunset('2027-01-31')), b: field(sunset('2027-06-30')).replace('a: Int', 'b: Int') }),
    );
    expect(findings.map(({ severity }) => severity)).not.toContain('error');
    expect(supergraphSdl?.match(/@sunset\(on: "/g)).toHaveLength(1);
  });

  test.each([
    ['the same', sunset('2027-01-31'), sunset('2027-01-31')],
    [
      'the same in another order',
      sunset('2027-01-31'),
      '@deprecated(reason: "Gone.") @sunset(owner: "team-a", on: "2027-01-31")',
    ],
    ['nothing in one of them', '@since(major: 2)', ''],
  ])('%s is in order', (_, one, other) =>
    expect(lineDirectiveFindings(lineSubgraphs({ a: field(one), b: field(other) }))).toEqual([]),
  );
});
