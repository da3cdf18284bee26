import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = import.meta.dirname;
const IMPORT = /^(?:import|export) [^;]*? from '(\.[^']+)'/gm;
const TESTING = /\.test\.ts$|(?:^|\/)testing\//;

/** A folder of src/, or a file in it that is in none. */
const folderOf = (file: string) => file.split('/', 1)[0] ?? '';

/** What each folder imports of others; why: files of both. */
function imports(): Map<string, Map<string, string>> {
  const all = new Map<string, Map<string, string>>();
  for (const file of globSync('**/*.ts', { cwd: ROOT }).filter((path) => !TESTING.test(path))) {
    const own = all.get(folderOf(file)) ?? new Map<string, string>();
    all.set(folderOf(file), own);
    for (const [, path = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)) {
      const imported = normalize(join(dirname(file), path));
      if (folderOf(imported) !== folderOf(file)) own.set(folderOf(imported), `${file} imports ${imported}`);
    }
  }
  return all;
}

/** The imports of one cycle; none where there is none. */
function cycleIn(all: ReturnType<typeof imports>): string[] {
  const done = new Set<string>();
  const follow = (folder: string, path: readonly string[], reasons: readonly string[]): string[] => {
    const start = path.indexOf(folder);
    if (start >= 0) return reasons.slice(start);
    if (done.has(folder)) return [];
    for (const [next, reason] of all.get(folder) ?? []) {
      const cycle = follow(next, [...path, folder], [...reasons, reason]);
      if (cycle.length > 0) return cycle;
    }
    done.add(folder);
    return [];
  };
  for (const folder of all.keys()) {
    const cycle = follow(folder, [], []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

it('the folders import each other in one direction', () => {
  const all = imports();
  expect(all.get('pipeline')?.has('engine')).toBe(true);
  expect(cycleIn(all)).toEqual([]);
});
