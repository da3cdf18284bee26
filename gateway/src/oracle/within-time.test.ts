import { describe, expect, it } from 'vitest';
import { withinTime } from './within-time.ts';

describe('withinTime', () => {
  it('gives what the work returns or throws', () => {
    const given = { a: 1 };
    expect(withinTime(10_000, () => given)).toBe(given);
    expect(() =>
      withinTime(10_000, () => {
        throw new RangeError('too much');
      }),
    ).toThrow(RangeError);
  });

  it('breaks off what does not end', () => {
    let count = 0;
    expect(
      withinTime(50, () => {
        for (;;) count++;
      }),
    ).toBeUndefined();
    expect(count).toBeGreaterThan(0);
  });
});
