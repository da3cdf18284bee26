import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { composeSupergraph } from '../compose.ts';
import { operationPlanner } from './operation-planner.ts';
import { planMermaid } from './plan-mermaid.ts';
import { planShape } from './plan-shape.ts';
import { type PlanStep, planSteps } from './plan-steps.ts';
import { planTitle } from './plan-title.ts';
import { planTree } from './plan-tree.ts';
import { readFlowchart } from './testing/read-flowchart.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external", "@requires"])';
const SUBGRAPHS = {
  inventory: `type Query { search(text: String): [Product!] }
type Product @key(fields: "sku") { sku: ID! title: String weight: Int }`,
  orders: `type Query { order(id: ID!): Order }
type Mutation { first: Order second: Order }
type Subscription { changed: Order }
type Order @key(fields: "id") { id: ID! buyer: User items: [Item!] }
type Item { quantity: Int product: Product }
type User @key(fields: "id", resolvable: false) { id: ID! }
type Product @key(fields: "sku") { sku: ID! weight: Int @external postage: Int @requires(fields: "weight") }`,
  users: `type Query { me: User }
type Mutation { third: User }
type User @key(fields: "id") { id: ID! name: String }`,
};

const sources = Object.entries(SUBGRAPHS).map(([name, sdl], index) => ({
  ...{ name, url: `http://127.0.0.1:${5001 + index}/graphql`, schemaPath: `subgraphs/${name}/schema.graphql` },
  files: [{ path: `subgraphs/${name}/schema.graphql`, text: `${LINK}\n${sdl}` }],
}));
const planner = operationPlanner(composeSupergraph(sources).supergraphSdl ?? '');
const stepsOf = (text: string) => planSteps(planner.plan(parse(text)));
const treeOf = (text: string) => planTree(stepsOf(text) as PlanStep);

const ORDER = 'query Page($id: ID!) { order(id: $id) { buyer { name } items { quantity product { title } } } }';
const CONDITION = 'query ($full: Boolean!) { order(id: 1) { id buyer @include(if: $full) { name } } }';

describe('a plan as a tree', () => {
  test('of fetches that wait for one, and not for each other', () => {
    expect(treeOf(ORDER)).toBe(`sequence
├─ fetch orders
│     {
│       order(id: $id) {
│         buyer {
│           __typename
│           id
│         }
│         items {
│           quantity
│           product {
│             __typename
│             sku
│           }
│         }
│       }
│     }
└─ parallel
   ├─ fetch users at order.buyer, by ... on User { id }
   │     {
   │       ... on User {
   │         name
   │       }
   │     }
   └─ fetch inventory at order.items.@.product, by ... on Product { sku }
         {
           ... on Product {
             title
           }
         }`);
  });

  test('of one fetch', () => {
    expect(treeOf('{ me { name } }')).toBe('fetch users\n   {\n     me {\n       name\n     }\n   }');
  });

  test('with what a field requires', () => {
    expect(treeOf('{ search { postage } }')).toContain('fetch orders at search.@, by ... on Product { sku weight }');
  });

  test('with a condition', () => {
    const tree = treeOf(CONDITION);
    expect(tree).toContain('if $full');
    expect(tree).toContain('true: fetch users at order.buyer');
  });

  test('asks no subgraph for the schema itself', () => {
    expect(stepsOf('{ __schema { types { name } } }')).toBeUndefined();
    expect(stepsOf('{ __typename }')).toBeUndefined();
  });
});

describe('what a plan costs', () => {
  test.each([
    [ORDER, 3, 2, ['orders', 'users', 'inventory']],
    ['{ me { name } }', 1, 1, ['users']],
    ['{ me { name } search { title } order(id: 1) { id } }', 3, 1, ['users', 'inventory', 'orders']],
    ['{ search { title postage } }', 2, 2, ['inventory', 'orders']],
    ['mutation { first { id } third { name } second { id } }', 3, 3, ['orders', 'users']],
    ['subscription { changed { buyer { name } } }', 2, 2, ['orders', 'users']],
    [CONDITION, 2, 2, ['orders', 'users']],
    ['{ __typename }', 0, 0, []],
  ])('%s', (text, fetches, depth, subgraphs) => {
    const shape = planShape(stepsOf(text));
    expect({ ...shape, subgraphs: [...shape.subgraphs].sort() }).toEqual({
      fetches,
      depth,
      subgraphs: subgraphs.toSorted(),
    });
  });

  test('of a condition, the dearer branch', () => {
    const fetch = { kind: 'fetch', subgraph: 'a', path: '', by: '', fields: '{ x }' } as const;
    const two = { kind: 'sequence', steps: [fetch, fetch] } as const;
    const condition = (whenTrue: unknown, whenFalse: unknown) =>
      ({ kind: 'condition', variable: '$x', whenTrue, whenFalse }) as PlanStep;
    expect(planShape(condition(fetch, two))).toMatchObject({ fetches: 2, depth: 2 });
    expect(planShape(condition(two, fetch))).toMatchObject({ fetches: 2, depth: 2 });
    expect(planShape({ kind: 'condition', variable: '$x' })).toMatchObject({ fetches: 0, depth: 0 });
  });

  test('is its title', () => {
    expect(planTitle('query Page', planShape(stepsOf(ORDER)))).toBe(
      'query Page: 3 fetches, 2 deep, from orders, users, inventory',
    );
    expect(planTitle('query', { fetches: 1, depth: 1, subgraphs: ['users'] })).toBe(
      'query: 1 fetch, 1 deep, from users',
    );
    expect(planTitle('query', { fetches: 0, depth: 0, subgraphs: [] })).toBe('query: no fetches');
  });
});

describe('a plan as a Mermaid flowchart', () => {
  const edgesOf = (text: string) => {
    const { nodes, edges } = readFlowchart(planMermaid(stepsOf(text), 'start'));
    const nameOf = (id: string) => nodes.get(id)?.label.split('\n')[0];
    return edges.map(({ from, to, label }) =>
      [nameOf(from), ...(label === undefined ? [] : [label]), nameOf(to)].join(' '),
    );
  };

  test.each([
    [ORDER, ['start orders', 'orders users', 'orders inventory']],
    ['{ me { name } search { title } }', ['start users', 'start inventory']],
    ['mutation { first { id } third { name } }', ['start orders', 'orders users']],
    [CONDITION, ['start orders', 'orders $full', '$full true users']],
    ['{ __typename }', []],
  ])('%s', (text, expected) => expect(edgesOf(text)).toEqual(expected));

  test('of a condition in the middle: what follows it follows both of its ends', () => {
    const fetch = (subgraph: string): PlanStep => ({ kind: 'fetch', subgraph, path: 'p', by: '', fields: '{ x }' });
    const condition: PlanStep = { kind: 'condition', variable: '$x', whenTrue: fetch('b') };
    const text = planMermaid({ kind: 'sequence', steps: [fetch('a'), condition, fetch('c')] }, 't');
    expect(text).toBe(`flowchart TD
  n0(["t"])
  n1["a<br/>at p<br/>{ x }"]
  n0 --> n1
  n2{"$x"}
  n1 --> n2
  n3["b<br/>at p<br/>{ x }"]
  n2 -->|true| n3
  n4["c<br/>at p<br/>{ x }"]
  n3 --> n4
  n2 -->|false| n4`);
    expect(() => readFlowchart(text)).not.toThrow();
  });

  test('no character of a label ends it', () => {
    const fields = '{ search(text: "<b>\\"#35; %%{init}%% `x` & {[(|") { title } }';
    const text = planMermaid({ kind: 'fetch', subgraph: 'a', path: '', by: '', fields }, 'a "title" #1');
    const labels = [...readFlowchart(text).nodes.values()].map(({ label }) => label);
    expect(labels).toEqual(['a "title" #1', `a\n${fields}`]);
    expect(text).not.toContain('%%');
  });

  test.each([
    'graph TD',
    'flowchart TD\n  n0["a"b"]',
    'flowchart TD\n  n0["a"]\n  n0 --> n1',
    'flowchart TD\n  n0["a")',
    'flowchart TD\nn0["a"]',
    'flowchart TD\n  n0["a#"]',
  ])('the grammar of these tests refuses %j', (text) => expect(() => readFlowchart(text)).toThrow());
});
