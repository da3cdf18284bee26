import { describe, expect, it } from 'vitest';
import { overMost } from './report-variants.ts';

const rowOf = (ratio: number) => ({
  operation: 'light',
  sets: [1, 2, 3].map(() => [1, 2, 3, 4].map(() => [1, ratio].map((cpuMs) => ({ cpuMs, othersShare: 0 })))),
});
const variants = [
  { title: 'off', settings: {} },
  { title: 'on', settings: {}, most: 1.1 },
];

describe('overMost', () => {
  it('names what takes more than it may, and nothing else', () => {
    expect(overMost(variants, [rowOf(1.2)])).toEqual(['light, on: at least 1.200, more than 1.1']);
    expect(overMost(variants, [rowOf(1.1)])).toEqual([]);
    expect(overMost([...variants.slice(0, 1), { title: 'on', settings: {} }], [rowOf(9)])).toEqual([]);
  });
});
