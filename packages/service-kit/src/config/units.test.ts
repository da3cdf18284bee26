import { describe, expect, test } from 'vitest';
import { bytes, duration } from './units.ts';

describe('duration', () => {
  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
  ])('%s is %i ms', (text, ms) => expect(duration().parse(text)).toBe(ms));

  test.each(['', '30', 's', '30 s', '-1s', '30S', '1h30m', '1e3s', ' 1s', 30, null])('%j is none', (value) => {
    const result = duration().safeParse(value);
    expect(result.error?.issues[0]?.message).toBe('expected a duration such as 250ms, 30s, 15m, 24h or 7d');
  });
});

describe('bytes', () => {
  test.each([
    ['512B', 512],
    ['64KiB', 65_536],
    ['10MiB', 10_485_760],
    ['1GiB', 1_073_741_824],
  ])('%s is %i bytes', (text, size) => expect(bytes().parse(text)).toBe(size));

  test.each(['64KB', '64kib', '64', '64K', 64])('%j is none', (value) => {
    expect(bytes().safeParse(value).error?.issues[0]?.message).toContain('expected a size such as');
  });
});
