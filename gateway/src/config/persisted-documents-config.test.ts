import { loadConfig } from '@tributary/service-kit';
import { expect, test } from 'vitest';
import { gatewayConfig } from './gateway-config.ts';

const load = (overrides: Record<string, unknown>) => loadConfig(gatewayConfig, { environment: {}, overrides });

test('by default clients may register documents, everything is executed, and batches are off', () => {
  expect(load({})).toMatchObject({
    persistedDocuments: {
      automatic: { enabled: true },
      mode: 'allow',
      poll: 10_000,
      bindClient: false,
    },
    batching: { enabled: false, maxOperations: 10 },
  });
});

test.each([
  ['a mode that is none', { persistedDocuments: { mode: 'known' } }, 'persistedDocuments.mode'],
  ['a manifest in a file', { persistedDocuments: { manifest: '/manifest.json' } }, 'persistedDocuments.manifest'],
  ['to poll all the time', { persistedDocuments: { poll: '0s' } }, 'persistedDocuments.poll'],
  ['a misspelt key', { persistedDocuments: { automatic: { enable: true } } }, 'did you mean enabled?'],
  ['batches without an end', { batching: { maxOperations: 1000 } }, 'batching.maxOperations'],
])('refuses %s', (_what, config, message) => {
  expect(() => load(config)).toThrow(message);
});
