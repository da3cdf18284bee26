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
});
