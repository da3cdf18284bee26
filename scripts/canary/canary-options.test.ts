import { describe, expect, it } from 'vitest';
import { canaryOptions } from './canary-options.ts';

describe('the flags of a canary', () => {
  it('say what, where and by how much', () => {
    expect(canaryOptions(['shift', 'users', '--weight', '25', '--namespace', 'shop'])).toMatchObject({
      step: 'shift',
      service: 'users',
      weight: 25,
      namespace: 'shop',
      release: 'tributary',
    });
  });

  it.each([
    [[], /expected one of start, shift, promote, abort/],
    [['begin', 'users'], /expected one of/],
    [['start', 'Users', '--tag', '1'], /SERVICE: expected a name/],
    [['start', 'users'], /--tag: expected/],
    [['shift', 'users', '--weight', '101'], /--weight: expected 0 to 100/],
    [['shift', 'users'], /--weight: expected 0 to 100/],
    [['abort', 'users', '--wieght', '1'], /--wieght/],
  ])('%j are refused', (args, message) => {
    expect(() => canaryOptions(args)).toThrow(message);
  });
});
