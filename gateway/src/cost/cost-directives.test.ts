import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type CostDirectives, costDirectives } from './cost-directives.ts';

const FEDERATION = 'https://specs.apollo.dev/federation/v2.9';

function composed(imports: string, cost: string, listSize: string): CostDirectives {
  const sdl = `
    extend schema @link(url: "${FEDERATION}", import: [${imports}])
    scalar Big ${cost}(weight: 30)
    enum Size ${cost}(weight: 15) { S L }
    input In { n: Int ${cost}(weight: 20) }
    type Item ${cost}(weight: 40) { id: ID big: Big size: Size }
    type Page { items: [Item] }
    type Query {
      a(arg: Int ${cost}(weight: 10), in: In): Int ${cost}(weight: 5)
      page(first: Int): Page ${listSize}(slicingArguments: ["first"], sizedFields: ["items"], requireOneSlicingArgument: false)
      items: [Item] ${listSize}(assumedSize: 7)
    }`;
  const { supergraphSdl, errors } = composeServices([{ name: 'one', url: 'http://one.test', typeDefs: parse(sdl) }]);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  return costDirectives(parse(supergraphSdl));
}

describe('a composed supergraph has them', () => {
  test.each([
    ['under their own names', '"@cost", "@listSize"', '@cost', '@listSize'],
    [
      'renamed',
      '{ name: "@cost", as: "@price" }, { name: "@listSize", as: "@length" }',
      ...(['@price', '@length'] as const),
    ],
    ['not imported', '"@key"', '@federation__cost', '@federation__listSize'],
  ])('%s', (_, imports, cost, listSize) => {
    const { weights, listSizes } = composed(imports, cost, listSize);
    expect(Object.fromEntries(weights)).toEqual({
      Big: 30,
      Size: 15,
      'In.n': 20,
      Item: 40,
      'Query.a': 5,
      'Query.a(arg:)': 10,
    });
    expect(Object.fromEntries(listSizes)).toEqual({
      'Query.page': {
        assumedSize: undefined,
        slicingArguments: [['first']],
        sizedFields: new Map([['items', { isSized: true, below: new Map() }]]),
        requireOneSlicingArgument: false,
      },
      'Query.items': {
        assumedSize: 7,
        slicingArguments: [],
        sizedFields: undefined,
        requireOneSlicingArgument: true,
      },
    });
  });
});

const read = (sdl: string) => costDirectives(parse(sdl));

test('a supergraph may link the specification under another name', () => {
  const { weights, listSizes } = read(`
    schema @link(url: "https://specs.apollo.dev/cost/v0.1", as: "c") { query: Query }
    type Query { a: Int @c(weight: 3) @cost(weight: 9) b: [Query] @c__listSize(assumedSize: 2) }`);
  expect([...weights]).toEqual([['Query.a', 3]]);
  expect(listSizes.get('Query.b')?.assumedSize).toBe(2);
});

test('weights are integers, or texts as IBM’s specification has them; what is no number is none', () => {
  const { weights } = read(
    'type Query { a: Int @cost(weight: "2.5") b: Int @cost(weight: "x") c: Int @cost(weight: "") }',
  );
  expect([...weights]).toEqual([['Query.a', 2.5]]);
});

test('sized fields may be selections, and those that are none size nothing', () => {
  const sizedFields = (texts: string) =>
    read(`type Query { a: [Query] @listSize(sizedFields: [${texts}]) }`).listSizes.get('Query.a')?.sizedFields;
  expect(sizedFields('"page", "results { page }"')).toEqual(
    new Map([
      ['page', { isSized: true, below: new Map() }],
      ['results', { isSized: false, below: new Map([['page', { isSized: true, below: new Map() }]]) }],
    ]),
  );
  expect(sizedFields('"results.{"')).toEqual(new Map());
});
