import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadEventCatalogue } from '../../schema/src/index.ts';
import { eventDocs } from './event-docs.ts';
import { eventSchemas } from './event-schemas.ts';
import { isUpToDate } from './is-up-to-date.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const catalogue = await loadEventCatalogue(root);

test('the published schemas and their index are what the definitions say', () => {
  const files = [...eventSchemas(root, catalogue), { path: 'docs/events.md', content: eventDocs(catalogue) }];
  expect(files.filter((file) => !isUpToDate(root, file)).map(({ path }) => path)).toEqual([]);
});

test('a schema names its producer and its consumers', () => {
  const file = eventSchemas(root, catalogue).find(({ path }) => path.endsWith('/orders.return.requested.v1.json'));
  expect(JSON.parse(file?.content ?? '')).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:tributary:event:orders.return.requested.v1',
    'x-producer': 'orders',
    'x-consumers': ['inventory', 'notifications', 'payments'],
  });
});

test('the schema of a type that is said no more has to go, and nothing else in the folder', () => {
  const repository = mkdtempSync(join(tmpdir(), 'tributary-events-'));
  try {
    const folder = join(repository, 'subgraphs/shop/events');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'shop.order.placed.v1.json'), '{}');
    writeFileSync(join(folder, 'README.md'), '');
    const files = eventSchemas(repository, []);
    expect(files).toEqual([{ path: 'subgraphs/shop/events/shop.order.placed.v1.json', content: undefined }]);
    expect(files.map((file) => isUpToDate(repository, file))).toEqual([false]);
    rmSync(join(folder, 'shop.order.placed.v1.json'));
    expect(files.map((file) => isUpToDate(repository, file))).toEqual([true]);
  } finally {
    rmSync(repository, { recursive: true, force: true });
  }
});
