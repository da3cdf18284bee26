import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DocumentCache } from '../documents/document-cache.ts';
import { PendingUsage } from './pending-usage.ts';
import { type CounterLimits, UsageCounter } from './usage-counter.ts';

const schema = buildSchema(`
  input In { x: Int, y: Int, in: In }
  type Query { a(in: In, ins: [In]): Int b: Int }
`);
const web = { name: 'web', version: '' };
const ios = { name: 'ios', version: '' };

function counting(limits: Partial<CounterLimits> = {}, pairs = 100) {
  const pending = new PendingUsage({ pairs, counts: 10_000 }, () => {});
  const counter = new UsageCounter(pending, { pairs: 100, documentBytes: 1_000_000, ...limits });
  const documents = new DocumentCache();
  return {
    counter,
    ask(text: string, client = web, variables = {}) {
      const document = documents.get(text) ?? documents.add(text, parse(text));
      const [operation] = document.document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
      counter.count({ line: '', client, schema, document, operation: operation as OperationDefinitionNode, variables });
    },
    async counts() {
      await counter.settle();
      return pending
        .take()
        .map(({ client, operation, coordinates }) => [client, operation, Object.fromEntries(coordinates)]);
    },
  };
}

const ASKED: [text: string, client: typeof web, variables: object][] = [
  ['query A { a }', web, {}],
  ['query B { b }', web, {}],
  ['query A { a }', web, {}],
  ['query A { a }', ios, {}],
  ['query C($in: In) { a(in: $in) }', web, { in: { x: 1 } }],
  ['query C($in: In) { a(in: $in) }', web, { in: { in: { x: 1, in: { x: 2, y: null } } } }],
  ['query C($in: In) { a(in: $in) }', web, {}],
];

const COUNTED = [
  ['web', 'A', { Query: 2, 'Query.a': 2, Int: 2 }],
  ['ios', 'A', { Query: 1, 'Query.a': 1, Int: 1 }],
  ['web', 'B', { Query: 1, 'Query.b': 1, Int: 1 }],
  [...['web', 'C'], { Query: 3, 'Query.a': 3, 'Query.a(in:)': 3, Int: 3, In: 3, 'In.x': 2, 'In.in': 1, 'In.y': 1 }],
];

describe('UsageCounter', () => {
  const byName = (list: unknown[][]) => list.sort((a, b) => `${a}`.localeCompare(`${b}`));

  it('counts requests by client and operation, and what was in their variables once a request', async () => {
    const { ask, counts } = counting();
    for (const asked of ASKED) ask(...asked);
    expect(byName(await counts())).toEqual(byName([...COUNTED]));
    expect(await counts()).toEqual([]);
  });

  it.each([
    ['pairs', { pairs: 0 }],
    ['pairs, after some', { pairs: 2 }],
    ['bytes', { documentBytes: 0 }],
    ['bytes, after some', { documentBytes: 8000 }],
  ])('counts the same when it has no room for %s', async (_, limits) => {
    const { ask, counts } = counting(limits);
    for (const asked of ASKED) ask(...asked);
    expect(byName(await counts())).toEqual(byName([...COUNTED]));
  });

  it('has room again after it has settled', async () => {
    const { ask, counts, counter } = counting({ pairs: 1 });
    ask('query A { a }');
    await counter.settle();
    ask('query A { a }');
    expect(await counts()).toEqual([['web', 'A', { Query: 2, 'Query.a': 2, Int: 2 }]]);
  });

  it('tells apart what is asked for most where there is no room for all', async () => {
    const { ask, counts } = counting({}, 2);
    for (const name of ['Rare', 'Often', 'Once', 'Often', 'Rare', 'Often']) ask(`query ${name} { a }`);
    expect((await counts()).map(([client, name]) => [client, name])).toEqual([
      ['web', 'Often'],
      ['web', 'Rare'],
      ['other', ''],
    ]);
  });

  it('loses nothing that is asked while it settles', async () => {
    const { ask, counts, counter } = counting();
    for (let count = 0; count < 20; count++) ask(`query Q${count} { a }`);
    const settled = counter.settle();
    ask('query Q0 { a }');
    await settled;
    const requests = (await counts()).map(([, , counted]) => (counted as Record<string, number>).Query);
    expect(requests).toHaveLength(20);
    expect(requests.reduce((sum = 0, one = 0) => sum + one)).toBe(21);
  });
});
