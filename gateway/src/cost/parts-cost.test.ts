import { expect, it, vi } from 'vitest';
import type { IncrementalUpdate } from '../executor/incremental-result.ts';
import { PartsCost } from './parts-cost.ts';

type Part = IncrementalUpdate['incremental'][number];

const part = (...path: (string | number)[]) => ({ id: '0', label: undefined, path });
const update = (hasNext: boolean, ...incremental: Part[]): IncrementalUpdate => ({
  ...{ pending: [], completed: [], incremental, hasNext },
});

it('counts the answer that all parts make together, once', () => {
  const actual = vi.fn(() => 7);
  const cost = new PartsCost('{"list":[{"id":1}],"one":{"deep":{}}}', 1000, actual);
  const fields = { part: part('one'), subPath: ['deep'], data: '{"__proto__":1,"name":"x"}', errors: [] };
  const inItem = { part: part('list', 0), subPath: [], data: '{"name":null}', errors: [] };
  const items = { part: part('list'), index: 1, items: '[{"id":2},null]', errors: [] };
  expect(cost.after(update(true, fields, items))).toBeUndefined();
  expect(actual).not.toHaveBeenCalled();
  expect(cost.after(update(true, inItem))).toBeUndefined();
  expect(cost.after(update(false))).toBe(7);
  const whole = '{"list":[{"id":1,"name":null},{"id":2},null],"one":{"deep":{"__proto__":1,"name":"x"}}}';
  expect(actual.mock.calls).toEqual([[JSON.parse(whole)]]);
});

it.each([
  ['from the first part on', 8],
  ['in the end', 25],
])('counts nothing of an answer that is too long %s', (_when, most) => {
  const actual = vi.fn(() => 7);
  const cost = new PartsCost('{"a":{"b":1}}', most, actual);
  expect(cost.after(update(true, { part: part('a'), subPath: [], data: '{"c":1}', errors: [] }))).toBeUndefined();
  expect(cost.after(update(false, { part: part('a'), subPath: [], data: '{"d":1}', errors: [] }))).toBeUndefined();
  expect(actual).not.toHaveBeenCalled();
});

it('counts a list of more items than a stack has room for', () => {
  const count = 200_000;
  const actual = vi.fn((data: unknown) => (data as { list: unknown[] }).list.length);
  const cost = new PartsCost('{"list":[1]}', 1024 * 1024, actual);
  const items = { part: part('list'), index: 1, items: `[${Array(count).fill(2)}]`, errors: [] };
  expect(cost.after(update(false, items))).toBe(1 + count);
});
