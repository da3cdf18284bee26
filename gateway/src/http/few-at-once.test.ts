import { describe, expect, it } from 'vitest';
import { fewAtOnce } from './few-at-once.ts';

describe('fewAtOnce', () => {
  it('runs so many at once, all in their order, whatever fails', async () => {
    const run = fewAtOnce(2);
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    const results = await Promise.allSettled(
      [0, 1, 2, 3, 4, 5].map((index) =>
        run(async () => {
          begun.push(index);
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          if (index % 2 === 1) throw new Error('odd');
          return index;
        }),
      ),
    );
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
    expect(most).toBe(2);
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 3 }, () => ['fulfilled', 'rejected']).flat(),
    );
    expect(await run(async () => 'again')).toBe('again');
  });
});
