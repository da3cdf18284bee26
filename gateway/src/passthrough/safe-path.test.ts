import { describe, expect, it } from 'vitest';
import { isSafePath } from './safe-path.ts';

describe('isSafePath', () => {
  it.each([
    '/media/a.png',
    '/media/a%20b.png',
    '/media/100%25.png',
    '/media/.hidden',
    '/media/a..b',
    '/media/',
    '/media/%C3%A9',
  ])('%s is', (path) => {
    expect(isSafePath(path)).toBe(true);
  });

  it.each([
    '/media/../graphql',
    '/media/./a',
    '/media/%2e%2e/graphql',
    '/media/%2E%2E%2Fgraphql',
    '/media/..%2fgraphql',
    '/media/a%2fb',
    '/media/..\\graphql',
    '/media/%5c..%5cgraphql',
    '/media/%252e%252e/graphql',
    '/media/%252e%252e%252fgraphql',
    '/media/a%00.png',
    '/media/%zz',
    '/media/%c3%28',
  ])('%s is not', (path) => {
    expect(isSafePath(path)).toBe(false);
  });
});
