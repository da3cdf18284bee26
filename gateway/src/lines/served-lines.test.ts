import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ServedLines, type ServedLinesParts } from './served-lines.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-lines-'));
  file = join(folder, 'lines.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const parts = (): ServedLinesParts => ({
  ...{ file, documentation: '/', everyMs: 20 },
  log: createLogger({ service: 'gateway', level: 'silent' }),
});
const served = () => new ServedLines(parts());
const line = (state: string) => `lines: [{ major: 1, version: 1.0.0, state: ${state} }]`;

it('takes a table that is written between its two reads of the first one', async () => {
  writeFileSync(file, line('preview'));
  let reads = 0;
  const lines = new ServedLines({
    ...parts(),
    get file() {
      if (++reads === 2) writeFileSync(file, line('ga'));
      return file;
    },
  });
  let isTaken = false;
  const watching = lines.watching({
    cut: async () => {},
    taken: () => {
      isTaken = true;
    },
  });
  await watching.start?.();
  try {
    await until('it is taken', () => isTaken || undefined);
    expect(lines.current.all).toMatchObject([{ state: 'ga' }]);
  } finally {
    await watching.stop?.();
  }
});

it.each([
  ['lines: [{ major: 1, version: 1.0.0, state: gone }]', 'lines.yaml is wrong:\n  - lines.0.state: '],
  [
    'lines: [{ major: 1, version: 1.0.0, state: ga, sunset: 2027-01-31 }]',
    'lines.yaml is wrong:\n  - lines.0.sunset: unknown key; did you mean sunsetAt?',
  ],
])('names the file of a table that is wrong: %s', (text, message) => {
  writeFileSync(file, text);
  expect(served).toThrow(`${folder}/${message}`);
});

it('names a file that is not there', () => {
  expect(served).toThrow(`${file} cannot be read: ENOENT`);
});
