import { describe, expect, it } from 'vitest';
import { median, quantile } from './statistics.ts';

describe('statistics', () => {
  it('takes quantiles by nearest rank, of values in any order', () => {
    const values = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantile(values, 0.5)).toBe(50);
    expect(quantile(values, 0.99)).toBe(99);
    expect(quantile(values, 1)).toBe(100);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([100, 9], 0.5)).toBe(9);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('takes the middle value, or the mean of the middle two', () => {
    expect(median([30, 4, 5])).toBe(5);
    expect(median([1, 10, 2, 4])).toBe(3);
    expect(median([8])).toBe(8);
  });

  it('has no number for no values', () => {
    expect(median([])).toBeNaN();
    expect(quantile([], 0.5)).toBeNaN();
  });
});
