import { fileURLToPath } from 'node:url';
import { gatewayConfig } from '@tributary/gateway';
import { loadConfig } from '@tributary/service-kit';
import { expect, test } from 'vitest';

const file = fileURLToPath(new URL('../gateway.yaml', import.meta.url));

test('npm start limits rates, but not those of whoever asks from this machine; nothing else does so unless it is told', () => {
  const { rateLimit } = loadConfig(gatewayConfig, { files: [file], environment: {} });
  expect(rateLimit).toMatchObject({ enabled: true, exemptLoopback: true });
  expect(loadConfig(gatewayConfig, { environment: {} }).rateLimit.exemptLoopback).toBe(false);
});
