import { describe, expect, it } from 'vitest';
import { CHANGE_KINDS } from '../diff/change-kinds.ts';
import { CHANGE_CASES } from './change-cases.ts';
import { wrongWith } from './testing/told-of.ts';

describe('a change of the graph', () => {
  it.each(CHANGE_CASES.map((each, index) => ({ ...each, title: `${index} ${each.changes[0]}: ${each.says}` })))(
    '$title',
    async (each) => {
      expect(await wrongWith(each)).toBeUndefined();
    },
  );
});

it('there is a case of every kind of change', () => {
  const known = new Set(CHANGE_CASES.flatMap(({ changes }) => changes.map((change) => change.split(' ')[1])));
  expect(Object.keys(CHANGE_KINDS).filter((code) => !known.has(code))).toEqual([]);
});
