import { describe, expect, it } from 'vitest';
import { contentCodingFor } from './content-coding.ts';

describe('contentCodingFor', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['*', undefined],
    ['identity', undefined],
    ['deflate', undefined],
    ['gzip', 'gzip'],
    ['X-Gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip;q=1.0, br;q=0.5, zstd;q=0.1', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip;q=nonsense', undefined],
    ['gzip;q=9', undefined],
    ['gzip;q=0.5, identity', undefined],
    ['gzip, identity;q=0.5', 'gzip'],
  ])('%s', (acceptEncoding, expected) => {
    expect(contentCodingFor(acceptEncoding)).toBe(expected);
  });
});
