import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineState, VersionLine } from '@tributary/service-kit/sdl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLinesFile } from './read-lines-file.ts';
import { VersionLines } from './version-lines.ts';

const lines = (...states: LineState[]) =>
  new VersionLines(
    states.map((state, index): VersionLine => ({ major: index + 1, version: `${index + 1}.0.0`, state })),
  );

describe('who names no version', () => {
  it.each<[LineState[], number | undefined]>([
    [['ga', 'ga'], 1],
    [['deprecated', 'ga', 'ga'], 2],
    [['retired', 'deprecated', 'preview'], 2],
    [['retired', 'preview'], undefined],
  ])('of %j gets %s', (states, major) => {
    expect(lines(...states).unversioned?.major).toBe(major);
  });
});

describe('the successor of the first line', () => {
  it.each<[LineState[], number | undefined]>([
    [['retired', 'ga', 'ga'], 2],
    [['retired', 'deprecated', 'ga'], 3],
    [['retired', 'deprecated', 'preview'], 2],
    [['deprecated', 'preview'], undefined],
    [['retired', 'retired', 'ga'], 3],
  ])('of %j is %s', (states, major) => {
    const table = lines(...states);
    expect(table.successorOf(table.all[0] as VersionLine)?.major).toBe(major);
  });
});

describe('a file of lines', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-lines-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    const file = join(folder, 'lines.yaml');
    writeFileSync(file, text);
    return readLinesFile(file);
  };

  it('is read in the order of majors', () => {
    const text = `lines:
      - { major: 2, version: 2.0.0, state: preview }
      - { major: 1, version: 1.2.0, state: deprecated, deprecatedAt: 2026-11-01, sunsetAt: 2027-06-30 }`;
    expect(read(text).map(({ major }) => major)).toEqual([1, 2]);
  });

  it.each([
    ['without lines', 'lines: []', /lines: /],
    ['with a state that there is not', 'lines: [{ major: 1, version: 1.0.0, state: gone }]', /lines\.0\.state/],
    ['with a deprecated line without days', 'lines: [{ major: 1, version: 1.0.0, state: deprecated }]', /sunsetAt/],
    [
      'with a day that there is not',
      'lines: [{ major: 1, version: 1.0.0, state: ga, sunsetAt: 2027-02-30 }]',
      /sunsetAt/,
    ],
    [
      'with a major twice',
      'lines: [{ major: 1, version: 1.0.0, state: ga }, { major: 1, version: 1.1.0, state: ga }]',
      /each major once/,
    ],
    ['with a key that nobody knows', 'lines: [{ major: 1, version: 1.0.0, stat: ga }]', /stat: unknown key/],
    ['that is no YAML', 'lines: [', /cannot be read/],
  ])('%s is refused with the reason', (_name, text, reason) => {
    expect(() => read(text)).toThrow(reason);
  });
});
