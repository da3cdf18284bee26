// `npm run mutate`: whether the cases of `graph check` notice each condition of the comparison that is negated, and each change
// that it leaves out.
import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { EQUIVALENT } from './equivalent.ts';
import { instrument, type Mutant } from './instrument.ts';

const FOLDER = new URL('../diff/', import.meta.url);
const files = new Map(readdirSync(FOLDER).map((name) => [new URL(name, FOLDER).href, name]));

const mutants: Mutant[] = [];
let active = -1;
Object.assign(globalThis, {
  mutants: {
    negate: (number: number, value: unknown) => (number === active ? !value : value),
    isLeftOut: (number: number) => number === active,
  },
});
registerHooks({
  load(url, context, nextLoad) {
    const file = files.get(url);
    if (file === undefined) return nextLoad(url, context);
    const source = instrument(file, readFileSync(new URL(url), 'utf8'), (mutant) => mutants.push(mutant) - 1);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
const { CHANGE_CASES } = await import('../check/change-cases.ts');
const { wrongWith } = await import('../check/testing/told-of.ts');

/** What noticed one comes first: the next mutant stands beside it. */
const cases = [...CHANGE_CASES];
async function isNoticed(): Promise<boolean> {
  for (const [index, each] of cases.entries()) {
    const wrong = await wrongWith(each).catch((error: Error) => error.message);
    if (wrong === undefined) continue;
    cases.unshift(...cases.splice(index, 1));
    return true;
  }
  return false;
}

if (await isNoticed()) throw new Error(`it is wrong as it is: ${cases[0]?.changes.join(', ')}`);
const startedMs = performance.now();
const survivors: Mutant[] = [];
for (const [number, mutant] of mutants.entries()) {
  active = number;
  if (!(await isNoticed())) survivors.push(mutant);
}

const isEquivalent = (mutant: Mutant) =>
  EQUIVALENT.some(({ file, code, source }) => file === mutant.file && code === mutant.code && source === mutant.source);
const unexpected = survivors.filter((mutant) => !isEquivalent(mutant));
for (const { file, line, code, source } of unexpected)
  console.log(`not noticed: ${file}:${line}: ${source}\n  ${code}`);
const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
console.log(
  `${mutants.length} mutants by ${cases.length} cases in ${minutes} minutes: ${mutants.length - survivors.length} noticed, ` +
    `${survivors.length - unexpected.length} cannot be, ${unexpected.length} not noticed`,
);
process.exit(unexpected.length > 0 ? 1 : 0);
