import { expect, it } from 'vitest';
import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';
import { compilePlan } from './compiled-plan.ts';
import { runPlan } from './run-plan.ts';
import { graphOf } from './testing/graph-of.ts';

const ITEMS = 100;
/** Every item is of one owner, who is not put into one place: what is below the badge may differ. */
const OWNERS = '{ items { owner { badge { color } name tags { text } } } }';

const shop = () =>
  graphOf({
    items: {
      sdl: `type Query { items: [Item!]! note: Note } type Item { owner: User! }
        type Note @key(fields: "id") { id: ID! text: String size: Float }
        type User @key(fields: "id") { id: ID! badge: Badge } type Badge { color: String }`,
      resolvers: {
        Query: {
          items: () => Array.from({ length: ITEMS }, () => ({ owner: { id: '1', badge: { color: 'red' } } })),
          note: () => ({ id: 'n', text: 'hello', size: 1 }),
        },
      },
    },
    users: {
      sdl: `type User @key(fields: "id") { id: ID! name: String tags: [Tag!] } type Tag { text: String }
        type Note @key(fields: "id") { id: ID! size: Float @external area: Float @requires(fields: "size") }`,
      resolvers: {
        User: { __resolveReference: ({ id }: { id: string }) => ({ id, name: 'Ada', tags: [{ text: 'a' }] }) },
        Note: { area: ({ size }: { size: number }) => size * size },
      },
    },
  });

/** What a plan comes to where one subgraph answers as it likes; and what nobody has caught. */
async function run(
  query: string,
  answers: Readonly<Record<string, SubgraphAnswer['data']>>,
  patienceMs = 0,
  errors: SubgraphAnswer['errors'] = [],
) {
  const graph = shop();
  const { data, errors: told } = await runPlan(
    compilePlan(graph.plan(query), graph.types),
    {},
    graph.types,
    async (request) => {
      const own = answers[request.subgraph];
      return own === undefined ? graph.ask(request) : { data: own, errors };
    },
    () => patienceMs,
    () => true,
  );
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  return { data: data as any, errors: told.list, requests: graph.requests };
}

it('what nobody asked for is neither read nor kept, however many wait for the entity', async () => {
  let reads = 0;
  const withJunk = (object: object) =>
    Object.defineProperty(object, 'junk', { enumerable: true, get: () => reads++ }) as Record<string, unknown>;
  const user = withJunk({ name: 'Ada', tags: [withJunk({ text: 'a' })] });
  const { data } = await run(OWNERS, { users: { _entities: [user] } });
  expect(reads).toBe(0);
  expect(data.items).toHaveLength(ITEMS);
  for (const { owner } of data.items) {
    expect(Object.keys(owner)).not.toContain('junk');
    expect(owner).toMatchObject({ badge: { color: 'red' }, name: 'Ada', tags: [{ text: 'a' }] });
  }
});

it('an entity that is large is not copied for ever', async () => {
  const tags = Array.from({ length: 100_000 }, () => ({ text: 'a' }));
  const { data, errors } = await run(OWNERS, { users: { _entities: [{ name: 'Ada', tags }] } });
  const { owner } = data.items[0];
  expect([owner.name, owner.tags.length, data.items[ITEMS - 1].owner.badge]).toEqual([
    'Ada',
    100_000,
    { color: 'red' },
  ]);
  expect(data.items.filter((item: { owner: object }) => 'tags' in item.owner).length).toBeLessThan(5);
  expect(errors.map(({ code }) => code)).toEqual(['SUBGRAPH_RESPONSE_INVALID']);
});

it.each([0, 20])('lists in lists without end cost no field of others, with %i ms of patience', async (patienceMs) => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  const note = { __typename: 'Note', id: 'n', text: 'hello', size: 2 };
  const items = await run(`{ note { area } ${OWNERS.slice(1)}`, { items: { items: deep, note } }, patienceMs);
  expect([items.data.note.area, items.errors.map(({ code }) => code)]).toEqual([4, ['SUBGRAPH_RESPONSE_INVALID']]);
  const tags = await run(
    `{ note { text } ${OWNERS.slice(1)}`,
    { users: { _entities: [{ name: 'Ada', tags: deep }] } },
    patienceMs,
  );
  expect([tags.data.note.text, tags.errors.map(({ code }) => code)]).toEqual(['hello', ['SUBGRAPH_RESPONSE_INVALID']]);
});

it('what cannot be walked through costs neither what came beside it nor what the subgraph said', async () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  const owner = { name: 'Ada', tags: deep };
  const note = { area: 9 };
  for (const query of [`{ note { area } ${OWNERS.slice(1)}`, `${OWNERS.slice(0, -1)} note { area } }`]) {
    const isFirst = query.startsWith('{ note');
    const _entities = isFirst ? { e0: [note], e1: [owner] } : { e0: [owner], e1: [note] };
    const said = [{ message: 'late', path: [isFirst ? 'e0' : 'e1', 0, 'area'], extensions: { code: 'LATE' } }];
    const { data, errors, requests } = await run(query, { users: _entities }, 20, said);
    expect(requests.length).toBe(1);
    expect(data.note.area).toBe(9);
    expect(errors).toMatchObject([{ code: 'SUBGRAPH_RESPONSE_INVALID' }, { path: ['note', 'area'] }]);
  }
});
