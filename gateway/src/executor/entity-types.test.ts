import { expect, it } from 'vitest';
import { compilePlan } from './compiled-plan.ts';
import { runPlan } from './run-plan.ts';
import { graphOf } from './testing/graph-of.ts';

const media = (type: string) => `type ${type} implements Item @key(fields: "id") { id: ID! reviews: Int }`;

/** A subgraph that is asked for two types in one request, by two calls or by one. */
const library = () =>
  graphOf({
    things: {
      sdl: `type Query { book: Book film: Film items: [Item!] }
        interface Item { id: ID! }
        type Book implements Item @key(fields: "id") { id: ID! }
        type Film implements Item @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          book: () => ({ id: 'b1' }),
          film: () => ({ id: 'f1' }),
          items: () => ['b1', 'f1', 'b2'].map((id) => ({ __typename: id.startsWith('b') ? 'Book' : 'Film', id })),
        },
      },
    },
    reviews: {
      sdl: `interface Item { id: ID! reviews: Int } ${media('Book')} ${media('Film')}`,
      resolvers: { Book: { reviews: () => 1 }, Film: { reviews: () => 2 } },
    },
  });

async function run(query: string, apart?: ReadonlySet<string>) {
  const graph = library();
  const plan = compilePlan(graph.plan(query), graph.types);
  const hurried = () => 30_000;
  const result = await runPlan(
    plan,
    {},
    graph.types,
    graph.ask,
    hurried,
    () => true,
    () => apart,
  );
  const asked = graph.requests.filter(({ subgraph }) => subgraph === 'reviews');
  const ids = (variables: string) => variables.match(/[bf]\d/g);
  return { data: result.data, asked: asked.map(({ types, variables }) => [types, ids(variables)]) };
}

const SEVERAL = '{ book { reviews } film { reviews } }';
const ONE = '{ items { ... on Book { reviews } ... on Film { reviews } } }';

it('says which types a request is for', async () => {
  expect((await run(SEVERAL)).asked).toEqual([
    [
      ['Book', 'Film'],
      ['b1', 'f1'],
    ],
  ]);
  expect((await run(ONE)).asked).toEqual([
    [
      ['Book', 'Film'],
      ['b1', 'f1', 'b2'],
    ],
  ]);
  expect((await run('{ book { reviews } }')).asked).toEqual([[['Book'], ['b1']]]);
});

it('asks for a type that stays apart in a request of its own, and the answer is the same', async () => {
  const several = await run(SEVERAL, new Set(['Film']));
  expect(several.asked).toEqual([
    [['Book'], ['b1']],
    [['Film'], ['f1']],
  ]);
  expect(several.data).toEqual((await run(SEVERAL)).data);
  const one = await run(ONE, new Set(['Film', 'Other']));
  expect(one.asked).toEqual([
    [['Book'], ['b1', 'b2']],
    [['Film'], ['f1']],
  ]);
  expect(one.data).toEqual((await run(ONE)).data);
});
