import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(^|\/)testing\//.test(file),
);
const importsOf = (file: string) =>
  Array.from(readFileSync(join(folder, file), 'utf8').matchAll(/from '(\.[^']+)'/g), ([, path = '']) => path);

it('payments knows the sandbox provider by its API alone: only the package’s index names it, for others to start', () => {
  const users = sources.filter(
    (file) => !file.startsWith('sandbox/') && importsOf(file).some((path) => path.includes('/sandbox/')),
  );
  expect(users).toEqual(['index.ts']);
});

it('the sandbox provider shares nothing with payments but how webhooks are signed', () => {
  const shared = sources
    .filter((file) => file.startsWith('sandbox/'))
    .flatMap((file) => importsOf(file).filter((path) => path.startsWith('../')));
  expect(shared).toEqual(['../provider/webhook-signature.ts']);
});
