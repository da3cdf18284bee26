import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLoadThread } from '../gateways/load/start-load-thread.ts';
import { type Bench, type Figures, measure } from '../gateways/measure.ts';
import { machine } from '../gateways/report.ts';
import { overMost, reportVariants, type VariantRow } from './report-variants.ts';
import { startVariants, type Variant, type VariantCases } from './start-variants.ts';

const OPTIONS = {
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  sets: { type: 'string' },
  only: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export interface Comparison {
  /** As it is called after `npm run bench --`. */
  name: string;
  /** Head of the column with the variants' titles. */
  column: string;
  operations: readonly string[];
  /** The first one is what the others are compared with. `folder` is there until the benchmark ends. */
  variants(folder: string): Promise<readonly [Variant, ...Variant[]]>;
}

/** Processes that are alike differ by more than what is looked for: so many of each gateway are tried. */
const SETS = 5;
/** In each set, of each gateway with each operation by turns: short ones, so that the machine treats a round's runs alike. */
const ROUNDS = 6;
const SECONDS = 1;
const WARM_UP_SECONDS = 4;

/**
 * What a part of the gateway costs in CPU time: gateways with and without it, each with the same load in turn.
 *
 * @throws Error when a variant certainly takes more than it may
 */
export async function compareVariants(comparison: Comparison, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help === true) {
    console.log(`Usage: npm run bench -- ${comparison.name} [flags]
  --sets N      of gateways that are started anew, default ${SETS}
  --rounds N    runs of each gateway of a set with each operation, default ${ROUNDS}
  --seconds N   of one run, default ${SECONDS}
  --only NAMES  operations, of ${comparison.operations.join(',')}`);
    return;
  }
  const [sets, rounds, seconds] = [
    Number(values.sets ?? SETS),
    Number(values.rounds ?? ROUNDS),
    Number(values.seconds ?? SECONDS),
  ];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const head = { machine: machine(), column: comparison.column, seconds };
  const variants = await comparison.variants(folder);
  const operations = values.only?.split(',') ?? comparison.operations;
  const { bench, isPinned, startSet } = await startVariants(folder, variants, operations);
  await using load = startLoadThread();
  const results: VariantRow[] = operations.map((operation) => ({ operation, sets: [] }));
  for (let set = 1; set <= sets; set++) {
    using started = await startSet();
    for (const row of started.rows) {
      const result = results.find(({ operation }) => operation === row.operation);
      result?.sets.push(await measureSet(row, { rounds, seconds }, { ...bench, load }));
    }
    console.error(`set ${set} of ${sets} done`);
  }
  const titles = variants.map(({ title }) => title);
  console.log(reportVariants({ ...head, titles, isPinned }, results));
  const over = overMost(variants, results);
  if (over.length > 0) throw new Error(`more CPU time than is allowed:\n  ${over.join('\n  ')}`);
}

/** Begins each round with another gateway: what comes first finds caches and clocks as the last one left them. */
async function measureSet(
  { cases }: VariantCases,
  { rounds, seconds }: { rounds: number; seconds: number },
  bench: Bench,
): Promise<Figures[][]> {
  const measured: Figures[][] = [];
  for (const each of cases) await measure(each, WARM_UP_SECONDS, bench);
  for (let round = 0; round < rounds; round++) {
    const figures: Figures[] = [];
    for (let turn = 0; turn < cases.length; turn++) {
      const index = (turn + round) % cases.length;
      figures[index] = await measure(cases[index] as (typeof cases)[number], seconds, bench);
    }
    measured.push(figures);
  }
  return measured;
}
