import { describe, expect, it } from 'vitest';
import { chaosOptions } from './options.ts';

describe('the options', () => {
  it('default to the short form with a seed of its own', () => {
    const { seed, ...rest } = chaosOptions([]);
    expect(Number.isInteger(seed)).toBe(true);
    expect(rest).toEqual({
      ...{ orders: 520, customers: 20 },
      ...{ json: undefined, bugs: false, long: false, keep: false },
    });
  });

  it.each([
    ['--seed', 'x'],
    ['--orders', '0'],
    ['--customers', '-1'],
  ])('refuse %s %s and say what it takes', (flag, value) => {
    expect(() => chaosOptions([`${flag}=${value}`])).toThrow(`${flag} takes a number`);
  });

  it('name an unknown flag', () => {
    expect(() => chaosOptions(['--sead', '1'])).toThrow('--sead');
  });
});
