import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadLocalSecrets } from './local-secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('gives a service the same keys whoever asks, at once or after a restart', async () => {
  const secrets = loadLocalSecrets(folder);
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => secrets.keysOf('gateway')));
  expect(others).toEqual([first, first]);
  expect(await loadLocalSecrets(folder).keysOf('gateway')).toEqual(first);
  expect(await secrets.keysOf('users')).not.toEqual(first);
});

it('gives each use a secret of its own, the same after a restart, for its owner alone to read', () => {
  const secrets = loadLocalSecrets(folder);
  const secret = secrets.secret('users.tokens');
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(secrets.secret('payments.webhooks')).not.toBe(secret);
  expect(loadLocalSecrets(folder).secret('users.tokens')).toBe(secret);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});
