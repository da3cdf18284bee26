import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { instrument, type Mutant } from './instrument.ts';

function instrumented(text: string) {
  const mutants: Mutant[] = [];
  const source = instrument('a.ts', text, (mutant) => mutants.push(mutant) - 1);
  return { source, sources: mutants.map((mutant) => mutant.source), lines: mutants.map(({ line }) => line) };
}

describe('instrument', () => {
  it.each([
    ['if (a) b();', ['a']],
    ['x = a && !b ? c : d;', ['a', '!b']],
    ['const f = (a: number) => a > 1;', ['a > 1']],
    ['x = a ?? b;', []],
    ['x = (a === 1) !== b;', ['(a === 1) !== b', 'a === 1']],
    ['xs.filter((x) => x.isOn).map((x) => x.isOff);', ['x.isOn']],
    ['xs.some(({ y }) => y.every((z) => z));', ['y.every((z) => z)', 'z']],
    ['xs.find((x) => { return x; });', []],
    ['function* f() { if (a) yield b; else yield* c; }', ['a', 'yield b;', 'yield* c;']],
  ])('%s has the mutants %j', (text, sources) => {
    const found = instrumented(text);
    expect(found.sources.toSorted()).toEqual(sources.toSorted());
    expect(() => stripTypeScriptTypes(found.source)).not.toThrow();
  });

  it('says where each is', () => {
    expect(instrumented('a();\nif (b)\n  c = d && e;').lines).toEqual([2, 3, 3]);
  });

  it('lets the module do as it does, but for the mutant that is active', () => {
    const text = 'result = (function* (n: number) { if (n > 1 && n < 9) yield n; else yield -n; yield 0; })';
    const { source, sources } = instrumented(text);
    const run = (active: number) => {
      const mutants = {
        negate: (number: number, value: unknown) => (number === active ? !value : value),
        isLeftOut: (number: number) => number === active,
      };
      const made = new Function('mutants', `let result; ${stripTypeScriptTypes(source)}; return result;`)(mutants);
      return [...made(5)];
    };
    expect(run(-1)).toEqual([5, 0]);
    expect(sources.map((_, active) => run(active))).toEqual([[-5, 0], [-5, 0], [0], [5, 0], [5]]);
  });
});
