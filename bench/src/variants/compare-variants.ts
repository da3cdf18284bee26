import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkAnswer } from '../gateways/check-answers.ts';
import { CONTENDERS, shippedGateway } from '../gateways/contenders/contenders.ts';
import { startContender } from '../gateways/contenders/start-contender.ts';
import { startFixtures } from '../gateways/fixtures/start-fixtures.ts';
import { composeSupergraph } from '../gateways/fixtures/supergraph.ts';
import { startLoadThread } from '../gateways/load/start-load-thread.ts';
import { createTokenIssuer } from '../gateways/load/tokens.ts';
import { type Case, type Figures, measure } from '../gateways/measure.ts';
import { OPERATIONS } from '../gateways/operations.ts';
import { machine } from '../gateways/report.ts';
import { median, quantile } from '../gateways/statistics.ts';

const OPTIONS = { seconds: { type: 'string' }, rounds: { type: 'string' }, help: { type: 'boolean' } } as const;

/** A gateway of ours, and what its configuration has beside the others'. */
export interface Variant {
  title: string;
  settings: object;
}

export interface Comparison {
  /** As it is called after `npm run bench --`. */
  name: string;
  /** Head of the column with the variants' titles. */
  column: string;
  operations: readonly string[];
  /** Runs of each gateway with each operation, and how long one is. */
  rounds: number;
  seconds: number;
  /** The first one is what the others are compared with. `folder` is there until the benchmark ends. */
  variants(folder: string): Promise<readonly [Variant, ...Variant[]]>;
}

const WARM_UP_SECONDS = 3;
const FIRST_STAMP = 10_000_000;

/** One operation at gateways that are alike but for one thing; `rounds` as many as there were. */
interface Row {
  readonly operation: string;
  readonly cases: readonly Case[];
  readonly rounds: (readonly Figures[])[];
}

/** What a part of the gateway costs in CPU time: gateways with and without it, each with the same load in turn. */
export async function compareVariants(comparison: Comparison, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { name, rounds, seconds: defaultSeconds } = comparison;
  if (values.help === true) {
    console.log(`Usage: npm run bench -- ${name} [flags]
  --seconds N   of one run, default ${defaultSeconds}
  --rounds N    runs of each gateway with each operation, default ${rounds}`);
    return;
  }
  const [seconds, roundCount] = [Number(values.seconds ?? defaultSeconds), Number(values.rounds ?? rounds)];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const variants = await comparison.variants(folder);
  const { rows, bench } = await prepare(folder, variants, comparison.operations);
  await using load = startLoadThread();
  /** Begins each round with another gateway: what comes first finds caches and clocks as the last one left them. */
  const measureRow = async ({ cases }: Row, forSeconds: number, round: number): Promise<Figures[]> => {
    const order = cases.map((_, index) => (index + round) % cases.length);
    const figures: Figures[] = [];
    for (const index of order) figures[index] = await measure(cases[index] as Case, forSeconds, { ...bench, load });
    return figures;
  };
  for (const row of rows) await measureRow(row, WARM_UP_SECONDS, 0);
  for (let round = 1; round <= roundCount; round++) {
    for (const row of rows) row.rounds.push(await measureRow(row, seconds, round));
    console.error(`round ${round} of ${roundCount} done`);
  }
  console.log(report(comparison.column, variants, rows, seconds));
}

async function prepare(folder: string, variants: readonly Variant[], operationNames: readonly string[]) {
  const tokens = createTokenIssuer();
  const fixtures = await startFixtures(tokens.keys, folder);
  const supergraph = composeSupergraph(fixtures.urls.subgraphs);
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraph.sdl);
  const { issuer, audience, privateKey } = tokens;
  const setup = { supergraph: file, sharing: false, tokens: { issuer, audience, jwks: fixtures.urls.jwks } };
  const gateways = await inTurn(variants, (variant) => {
    const own = join(folder, variant.title);
    mkdirSync(own);
    return startContender(gatewayOf(variant), { ...setup, folder: own });
  });
  const checks = { supergraph, fixtures, privateKey, stamps: [FIRST_STAMP, FIRST_STAMP + 1] } as const;
  const rows = await inTurn(
    OPERATIONS.filter(({ name }) => operationNames.includes(name)),
    async (operation): Promise<Row> => ({
      operation: operation.name,
      rounds: [],
      cases: await inTurn(gateways, async (gateway) => ({
        ...{ mode: 'off' as const, operation, gateway },
        answer: await checkAnswer(gateway, operation, checks),
      })),
    }),
  );
  return { rows, bench: { fixtures, privateKey, stamps: { next: FIRST_STAMP + 2 } } };
}

function gatewayOf({ title, settings }: Variant) {
  const shipped = CONTENDERS.find(({ name }) => name === 'tributary');
  if (shipped === undefined) throw new Error('no gateway of ours');
  const command = (setup: Parameters<typeof shippedGateway>[0]) => shippedGateway(setup, settings);
  return { ...shipped, title, command };
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Ratios are of runs of one round, which the machine treated alike. */
function report(column: string, variants: readonly Variant[], rows: readonly Row[], seconds: number): string {
  const others = rows.flatMap(({ rounds }) => rounds.flat().map(({ othersShare }) => othersShare));
  const count = rows[0]?.rounds.length ?? 0;
  const share = (median(others) * 100).toFixed(0);
  const lines = rows.flatMap(({ operation, rounds }) =>
    variants.map(({ title }, index) => {
      const cpuMs = median(rounds.map((round) => cpuOf(round, index)));
      const ratios = rounds.map((round) => cpuOf(round, index) / cpuOf(round, 0));
      const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
      const ratio = `${median(ratios).toFixed(3)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
      return `| ${[operation, title, cpuMs.toPrecision(3), index === 0 ? '1' : ratio].join(' | ')} |`;
    }),
  );
  return [
    `${machine()}; medians of ${count} rounds of ${seconds} s, and quartiles; other processes had ${share} % of the CPU time`,
    '',
    `| Operation | ${column} | CPU ms a request | to ${variants[0]?.title} |`,
    '| --- | --- | ---: | ---: |',
    ...lines,
  ].join('\n');
}

const cpuOf = (round: readonly Figures[], index: number): number => round[index]?.cpuMs ?? Number.NaN;
