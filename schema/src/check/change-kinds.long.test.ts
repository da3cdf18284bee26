import { afterEach, describe, expect, it } from 'vitest';
import { CHANGE_KINDS, type ChangeClass, type ChangeCode } from '../diff/change-kinds.ts';
import { CHANGE_CASES } from './change-cases.ts';
import { toldOf } from './testing/told-of.ts';

const CLASSES: readonly ChangeClass[] = ['breaking', 'dangerous', 'safe'];
const kinds: Record<string, { class: ChangeClass }> = CHANGE_KINDS;

const restored: (() => void)[] = [];
afterEach(() => {
  for (const restore of restored.splice(0)) restore();
});

/** Of which no API tells: whatever their class, they are safe. */
const UNSEEN: readonly ChangeCode[] = ['ROOT_TYPE_CHANGED', 'ONE_OF_REMOVED'];

/** A case that says of the code what its kind says, and not `safe` because nobody sees it. */
function caseOf(code: string) {
  const isMeant = (change: string | undefined) => change?.startsWith(`${kinds[code]?.class} ${code} `) ?? false;
  const cases = CHANGE_CASES.filter(({ changes }) => isMeant(changes[0]));
  return (
    cases.find(({ layers }) => layers.includes('api')) ??
    cases[0] ??
    CHANGE_CASES.find(({ changes }) => changes.some(isMeant))
  );
}

describe('a kind of change of another class', () => {
  const seen = (Object.keys(CHANGE_KINDS) as ChangeCode[]).filter((code) => !UNSEEN.includes(code));
  it.each(seen)('%s fails a case', async (code) => {
    const found = caseOf(code);
    if (found === undefined) throw new Error(`no case of ${code}`);
    const expected = [...found.changes].sort();
    expect(await toldOf(found)).toEqual(expected);
    const right = kinds[code]?.class as ChangeClass;
    restored.push(() => {
      (kinds[code] as { class: ChangeClass }).class = right;
    });
    for (const wrong of CLASSES.filter((kind) => kind !== right)) {
      (kinds[code] as { class: ChangeClass }).class = wrong;
      expect(await toldOf(found)).not.toEqual(expected);
    }
  });
});
