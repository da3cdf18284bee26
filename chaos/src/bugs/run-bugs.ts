import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { type ChaosResult, runChaos } from '../run-chaos.ts';
import { type SeededBug, seededBugs } from './bug-list.ts';
import { applyPatch, copySources } from './source-copy.ts';

interface Outcome {
  bug: string;
  /** The invariants that the bug is known by and that did not hold; none when it was not caught. */
  caughtBy: string[];
  /** What else did not hold. */
  besides: string[];
  seconds: number;
}

/** One graph starts while another one works. */
const AT_ONCE = 2;

/** Puts each bug into a copy of the sources, lets customers order from that, and prints what caught it. */
export async function runBugs(folder: string, seed: number, progress: (line: string) => void): Promise<boolean> {
  const waiting = [...seededBugs];
  const outcomes: Outcome[] = [];
  const attempt = async (bug: SeededBug, subfolder: string, ofSeed: number): Promise<Outcome> => {
    const startedAt = performance.now();
    const result = await runBug(bug, join(folder, subfolder), ofSeed, progress).catch((error: unknown) => error);
    return outcomeOf(bug, result, performance.now() - startedAt);
  };
  // What a bug does to orders depends on who meets whom: one that a run did not show gets another run.
  const work = async () => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const { name } = bug;
      const first = await attempt(bug, name, seed);
      if (first.caughtBy.length === 0) progress(`${name}: not caught; once more with the next seed`);
      outcomes.push(first.caughtBy.length > 0 ? first : await attempt(bug, `${name}-again`, seed + 1));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  outcomes.sort((a, b) => (a.bug < b.bug ? -1 : 1));
  for (const { bug, caughtBy, besides, seconds } of outcomes) {
    const mark = caughtBy.length > 0 ? styleText('green', '✔') : styleText('red', '✘');
    console.log(`${mark} ${bug.padEnd(32)} ${String(seconds).padStart(3)} s  ${caughtBy.join('; ') || 'not caught'}`);
    if (besides.length > 0) console.log(`${' '.repeat(42)}${styleText('dim', besides.join('; '))}`);
  }
  const caught = outcomes.filter(({ caughtBy }) => caughtBy.length > 0).length;
  console.log(`\n${caught} of ${outcomes.length} bugs were caught, seed ${seed}`);
  return caught === outcomes.length;
}

async function runBug(
  bug: SeededBug,
  folder: string,
  seed: number,
  progress: (line: string) => void,
): Promise<ChaosResult> {
  const [root, data] = [join(folder, 'sources'), join(folder, 'run')];
  for (const each of [root, data]) mkdirSync(each, { recursive: true });
  copySources(root);
  applyPatch(root, bug.name);
  const result = await runChaos({
    ...{ seed, root, folder: data, stopAtViolation: true },
    ...{ profile: bug.profile, settings: bug.settings, manner: bug.manner, steps: bug.steps },
    replicas: { orders: 1, payments: 1, notifications: 1 },
    progress: (line) => progress(`${bug.name}: ${line}`),
  });
  rmSync(root, { recursive: true });
  return result;
}

function outcomeOf({ name, caughtBy }: SeededBug, result: unknown, tookMs: number): Outcome {
  const seconds = Math.round(tookMs / 1000);
  // A bug that keeps the graph from starting was not caught by an invariant.
  if (result instanceof Error) return { bug: name, caughtBy: [], besides: [result.message], seconds };
  const { violations } = result as ChaosResult;
  const violated = [...new Set(violations.map(({ invariant }) => invariant))];
  return {
    bug: name,
    caughtBy: violated.filter((invariant) => caughtBy.includes(invariant)),
    besides: violated.filter((invariant) => !caughtBy.includes(invariant)),
    seconds,
  };
}
