import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

const draw = (seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 50 }, () => random.between(0, 999));
};

describe('createRandom', () => {
  it('gives the same for the same seed, and something else for another', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('stays within its bounds and reaches both', () => {
    const random = createRandom(1);
    const seen = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
  });

  it('shuffles without losing anything', () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    const shuffled = createRandom(3).shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });

  it('forks generators that do not disturb each other', () => {
    const [one, other] = [createRandom(5), createRandom(5)];
    one.fork('faults').next();
    one.next();
    expect(one.fork('load').next()).toBe(other.fork('load').next());
    expect(one.fork('load').next()).not.toBe(one.fork('faults').next());
  });
});
