import { describe, expect, it } from 'vitest';
import { pairedRatio } from './paired-ratio.ts';

/** Numbers that look random, the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('pairedRatio', () => {
  it('tells the median and the quartiles of all ratios', () => {
    const { median, quartiles } = pairedRatio(
      [
        [1.4, 1.1, 1.2],
        [1.3, 1.5, 1.6, 1.7, 1.8],
      ],
      seeded(1),
    );
    expect(median).toBe(1.45);
    expect(quartiles).toEqual([1.2, 1.6]);
  });

  it('has an interval around the median, as narrow as there are ratios that agree', () => {
    const random = seeded(2);
    const sets = Array.from({ length: 6 }, () => Array.from({ length: 30 }, () => 1.05 + 0.2 * (random() - 0.5)));
    const [low, high] = pairedRatio(sets, random).interval;
    expect(low).toBeGreaterThan(1.02);
    expect(low).toBeLessThan(high);
    expect(high).toBeLessThan(1.08);
  });

  it('is not surer for more rounds of processes that differ', () => {
    const sets = [Array(50).fill(0.9), Array(50).fill(1), Array(50).fill(1.1)];
    const { interval } = pairedRatio(sets, seeded(3));
    expect(interval).toEqual([0.9, 1.1]);
  });
});
