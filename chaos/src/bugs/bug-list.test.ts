import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { invariants } from '../checker/invariants.ts';
import { seededBugs } from './bug-list.ts';
import { checkPatch } from './source-copy.ts';

const names = invariants.map(({ name }) => name);

describe('the seeded bugs', () => {
  it('are the patches that are there, eleven of them', () => {
    const patches = readdirSync(new URL('../../bugs', import.meta.url)).sort();
    expect(patches).toEqual(seededBugs.map(({ name }) => `${name}.patch`));
    expect(patches).toHaveLength(11);
  });

  it.each(seededBugs)(
    '$name still fits the sources, and is known by invariants that there are',
    ({ name, caughtBy }) => {
      checkPatch(name);
      expect(names).toEqual(expect.arrayContaining([...caughtBy]));
    },
  );
});
