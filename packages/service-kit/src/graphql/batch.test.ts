import { expect, test } from 'vitest';
import { newId } from '../http/new-id.ts';
import { listLoader, rowLoader, sliceLoader } from './batch.ts';

interface Row {
  id: string;
  n: number;
}
const a = newId();
const b = newId();
const none = newId();
const rows: Row[] = [
  { id: b, n: 2 },
  { id: a, n: 1 },
  { id: b, n: 3 },
];

function recording() {
  const batches: string[][] = [];
  const load = async (ids: readonly string[]) => {
    batches.push([...ids]);
    return rows.filter(({ id }) => ids.includes(id));
  };
  return { batches, load };
}
const idOf = ({ id }: Row) => id;

test('rows are loaded in one query for all keys, each key once, in the order that was asked for', async () => {
  const { batches, load } = recording();
  const loader = rowLoader('rows', load, idOf);
  const loaded = await Promise.all([a, none, b, a].map((id) => loader.load(id)));
  expect(loaded.map((row) => row?.n)).toEqual([1, undefined, 3, 1]);
  expect(loaded[1]).toBeNull();
  expect(batches).toEqual([[a, none, b]]);
});

test('lists are loaded in one query for all ids, and keep its order', async () => {
  const { batches, load } = recording();
  const loader = listLoader('rows', load, idOf);
  const loaded = await Promise.all([b, none, a].map((id) => loader.load(id)));
  expect(loaded.map((list) => list.map(({ n }) => n))).toEqual([[2, 3], [], [1]]);
  expect(batches).toHaveLength(1);
});

test('what cannot be a key is found nowhere and asked of nobody', async () => {
  const { batches, load } = recording();
  expect(await Promise.all([rowLoader('rows', load, idOf).load('x'), listLoader('rows', load, idOf).load('')])).toEqual(
    [null, []],
  );
  expect(batches).toEqual([]);
  const byLetter = rowLoader(
    'rows',
    async (letters) => letters.map((letter) => ({ letter })),
    ({ letter }) => letter,
    (key) => key.length === 1,
  );
  expect(await Promise.all(['x', 'yy'].map((key) => byLetter.load(key)))).toEqual([{ letter: 'x' }, null]);
});

test('slices are loaded in one query for all ids with the same one', async () => {
  const { batches, load } = recording();
  const slices: { limit: number }[] = [];
  const loader = sliceLoader(
    'rows',
    async (ids, slice: { limit: number }) => {
      slices.push(slice);
      return (await load(ids)).slice(0, slice.limit);
    },
    idOf,
  );
  const read = () =>
    Promise.all([loader({ limit: 1 }).load(b), loader({ limit: 1 }).load(a), loader({ limit: 3 }).load(b)]);
  expect((await read()).map((list) => list.map(({ n }) => n))).toEqual([[2], [], [2, 3]]);
  await read();
  expect(slices).toEqual([{ limit: 1 }, { limit: 3 }]);
  expect(batches).toEqual([[b, a], [b]]);
  loader.clear();
  await read();
  expect(slices).toHaveLength(4);
});

test('a query that fails, fails each key', async () => {
  const loader = rowLoader<Row>('rows', () => Promise.reject(new Error('x')), idOf);
  const results = await Promise.allSettled([loader.load(a), loader.load(b)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
