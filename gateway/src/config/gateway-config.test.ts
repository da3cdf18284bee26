import { ConfigError, loadConfig } from '@tributary/service-kit';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from './gateway-config.ts';

const load = (overrides: Record<string, unknown>) => loadConfig(gatewayConfig, { environment: {}, overrides });

describe('gatewayConfig', () => {
  it('is safe when nothing is configured', () => {
    expect(load({})).toMatchObject({
      introspection: false,
      cors: { origins: [] },
      passthrough: [],
      identity: { issuers: [] },
      deadline: 10_000,
      supergraphPoll: 10_000,
      swap: { rollback: true, window: 60_000, planRegression: 'off' },
      usage: { store: 'none', flushEvery: 60_000, keep: 400 * 86_400_000 },
      subgraphRequest: { timeout: 5000, maxResponse: 10 * 1024 ** 2, connections: 64 },
    });
  });

  const issuer = { issuer: 'i', audience: 'a', jwksUri: 'https://i.example.com/jwks' };

  it.each([
    [
      'a symmetric algorithm',
      { identity: { issuers: [{ ...issuer, algorithms: ['HS256'] }] } },
      'identity.issuers.0.algorithms',
    ],
    ['less memory than a gateway takes', { memory: '100MiB' }, 'memory: expected 128MiB or more'],
    ['no algorithm', { identity: { issuers: [{ ...issuer, algorithms: ['none'] }] } }, 'identity.issuers.0.algorithms'],
    [
      'an empty list of algorithms',
      { identity: { issuers: [{ ...issuer, algorithms: [] }] } },
      'identity.issuers.0.algorithms',
    ],
    [
      'keys from a file',
      { identity: { issuers: [{ ...issuer, jwksUri: 'file:///etc/passwd' }] } },
      'identity.issuers.0.jwksUri',
    ],
    ['a misspelt key', { identity: { isuers: [] } }, 'did you mean issuers?'],
    ['any origin', { cors: { origins: ['*'] } }, 'cors.origins.0'],
    ['an origin with a path', { cors: { origins: ['https://a.example.com/x'] } }, 'cors.origins.0'],
    ['a passthrough to nowhere', { passthrough: [{ path: '/a' }] }, 'service or url'],
    ['a passthrough to two places', { passthrough: [{ path: '/a', service: 's', url: 'http://u' }] }, 'service or url'],
    ['a passthrough of everything', { passthrough: [{ path: '/*', service: 's' }] }, 'passthrough.0.path'],
    ['a passthrough by a pattern', { passthrough: [{ path: '/a/:id', service: 's' }] }, 'passthrough.0.path'],
    [
      'a method that is none',
      { passthrough: [{ path: '/a', service: 's', methods: ['TRACE'] }] },
      'passthrough.0.methods',
    ],
    ['a URL that is none', { subgraphs: { books: { url: 'localhost' } } }, 'subgraphs.books.url'],
    ['a mode that is none', { swap: { planRegression: 'refuse' } }, 'swap.planRegression'],
    ['usage in files without a folder', { usage: { store: 'files' } }, 'usage.folder'],
    ['a folder for usage in no files', { usage: { folder: '/usage' } }, 'usage.folder'],
    ['usage in a database without its URL', { usage: { store: 'postgres' } }, 'usage.url'],
    ['a flush once a day', { usage: { store: 'files', folder: '/usage', flushEvery: '1d' } }, 'usage.flushEvery'],
    ['a time without a unit', { deadline: '10' }, 'deadline'],
  ])('refuses %s', (_what, config, message) => {
    expect(() => load(config)).toThrow(ConfigError);
    expect(() => load(config)).toThrow(message);
  });
});
