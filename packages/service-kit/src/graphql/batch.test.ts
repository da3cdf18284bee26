import { expect, test } from 'vitest';
import { listLoader, rowLoader } from './batch.ts';

interface Row {
  key: string;
  n: number;
}
const rows: Row[] = [
  { key: 'b', n: 2 },
  { key: 'a', n: 1 },
  { key: 'b', n: 3 },
];

function recording() {
  const batches: string[][] = [];
  const load = async (keys: readonly string[]) => {
    batches.push([...keys]);
    return rows.filter(({ key }) => keys.includes(key));
  };
  return { batches, load };
}
const keyOf = ({ key }: Row) => key;

test('rows are loaded in one query for all keys, each key once, in the order that was asked for', async () => {
  const { batches, load } = recording();
  const loader = rowLoader(load, keyOf);
  const loaded = await Promise.all(['a', 'none', 'b', 'a'].map((key) => loader.load(key)));
  expect(loaded.map((row) => row?.n)).toEqual([1, undefined, 3, 1]);
  expect(loaded[1]).toBeNull();
  expect(batches).toEqual([['a', 'none', 'b']]);
});

test('lists are loaded in one query for all keys, and keep its order', async () => {
  const { batches, load } = recording();
  const loader = listLoader(load, keyOf);
  const loaded = await Promise.all(['b', 'none', 'a'].map((key) => loader.load(key)));
  expect(loaded.map((list) => list.map(({ n }) => n))).toEqual([[2, 3], [], [1]]);
  expect(batches).toHaveLength(1);
});

test('a query that fails, fails each key', async () => {
  const loader = rowLoader<Row>(() => Promise.reject(new Error('x')), keyOf);
  const results = await Promise.allSettled([loader.load('a'), loader.load('b')]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
