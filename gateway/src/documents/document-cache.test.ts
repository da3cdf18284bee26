import { CodedError } from '@tributary/service-kit';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DocumentCache } from './document-cache.ts';

const document = parse('{ a }');

describe('DocumentCache', () => {
  it('keeps the thousand that were used last', () => {
    const cache = new DocumentCache();
    for (let index = 0; index < 1000; index++) cache.add(`{ a${index} }`, document);
    cache.get('{ a0 }');
    cache.add('{ b }', document);
    expect(cache.size).toBe(1000);
    expect(cache.get('{ a0 }')?.source).toBe('{ a0 }');
    expect(cache.get('{ a1 }')).toBeUndefined();
    expect(cache.get('{ b }')?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is bounded in bytes too, by what documents are made of', () => {
    const cache = new DocumentCache();
    const large = parse(`{ ${'a '.repeat(1900)} }`);
    for (let index = 0; index < 200; index++) cache.add(`{ a } #${index}`, large);
    expect(cache.size).toBeLessThan(80);
    expect(cache.size).toBeGreaterThan(70);
  });

  it('keeps what documents were refused with, and neither their trees nor more of it than 8 MiB', () => {
    const cache = new DocumentCache();
    for (let index = 0; index < 100; index++) {
      cache.refuse(`{ a${index} }${' '.repeat(100_000)}`, new CodedError('OPERATION_LIMIT_EXCEEDED', `${index}`));
    }
    const kept = Array.from({ length: 100 }, (_, index) => cache.refusalOf(`{ a${index} }${' '.repeat(100_000)}`));
    const messages = kept.flatMap((error) => error?.message ?? []);
    expect([messages.length, messages.at(-1)]).toEqual([41, '99']);
    expect(kept.at(-1)?.stack).toBe('CodedError: 99');
    expect(cache.size).toBe(0);
  });
});
