import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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
import { startProcess } from '../gateways/start-process.ts';
import { median, quantile } from '../gateways/statistics.ts';

const USAGE = `Usage: npm run bench -- tracing [flags]
  --seconds N   of one run, default 1
  --rounds N    runs of each gateway with each operation, default 40`;
const OPTIONS = {
  seconds: { type: 'string', default: '1' },
  rounds: { type: 'string', default: '40' },
  help: { type: 'boolean', default: false },
} as const;

/** One without tracing twice: by how much it differs from itself is what the others' figures may be off. */
const VARIANTS = [
  { title: 'off', tracing: {} },
  { title: 'off, again', tracing: {} },
  { title: '10 %', tracing: { enabled: true, sampleRatio: 0.1 } },
  { title: '100 %', tracing: { enabled: true, sampleRatio: 1 } },
] as const;
type Variant = (typeof VARIANTS)[number];
/** One request to a subgraph, of which tracing is the largest part, and many. */
const OPERATION_NAMES: readonly string[] = ['light', 'heavy'];
const WARM_UP_SECONDS = 3;
const LOOK_EVERY_MS = 20;
const FIRST_STAMP = 10_000_000;

/** One operation at gateways that are alike but for how many traces they record; `rounds` as many as there were. */
interface Row {
  readonly operation: string;
  readonly cases: readonly Case[];
  readonly rounds: (readonly Figures[])[];
}

/** What tracing costs the gateway in CPU time: four of them side by side, each with the same load in turn. */
export async function benchTracing(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) return console.log(USAGE);
  const [seconds, roundCount] = [Number(values.seconds), Number(values.rounds)];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const { rows, bench } = await prepare(folder);
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
  console.log(report(rows, seconds));
}

async function prepare(folder: string) {
  const tokens = createTokenIssuer();
  const fixtures = await startFixtures(tokens.keys, folder);
  const endpoint = await startSink(folder);
  const supergraph = composeSupergraph(fixtures.urls.subgraphs);
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraph.sdl);
  const { issuer, audience, privateKey } = tokens;
  const setup = { supergraph: file, sharing: false, tokens: { issuer, audience, jwks: fixtures.urls.jwks } };
  const gateways = await inTurn(VARIANTS, (variant) => {
    const own = join(folder, variant.title);
    mkdirSync(own);
    return startContender(tracedGateway(variant, endpoint), { ...setup, folder: own });
  });
  const checks = { supergraph, fixtures, privateKey, stamps: [FIRST_STAMP, FIRST_STAMP + 1] } as const;
  const rows = await inTurn(
    OPERATIONS.filter(({ name }) => OPERATION_NAMES.includes(name)),
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

function tracedGateway({ title, tracing }: Variant, endpoint: string) {
  const shipped = CONTENDERS.find(({ name }) => name === 'tributary');
  if (shipped === undefined) throw new Error('no gateway of ours');
  const command = (setup: Parameters<typeof shippedGateway>[0]) =>
    shippedGateway(setup, { tracing: { ...tracing, endpoint } });
  return { ...shipped, title, command };
}

async function startSink(folder: string): Promise<string> {
  const logFile = join(folder, 'sink.log');
  const main = fileURLToPath(new URL('trace-sink.ts', import.meta.url));
  const { assertRuns } = startProcess('the sink', { args: [main] }, logFile);
  let line = '';
  while (!line.endsWith('\n')) {
    assertRuns();
    await delay(LOOK_EVERY_MS);
    line = readFileSync(logFile, 'utf8');
  }
  return line.trim();
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Ratios are of runs of one round, which the machine treated alike. */
function report(rows: readonly Row[], seconds: number): string {
  const others = rows.flatMap(({ rounds }) => rounds.flat().map(({ othersShare }) => othersShare));
  const count = rows[0]?.rounds.length ?? 0;
  const share = (median(others) * 100).toFixed(0);
  const lines = rows.flatMap(({ operation, rounds }) =>
    VARIANTS.map(({ title }, index) => {
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
    '| Operation | Traces recorded | CPU ms a request | to off |',
    '| --- | --- | ---: | ---: |',
    ...lines,
  ].join('\n');
}

const cpuOf = (round: readonly Figures[], index: number): number => round[index]?.cpuMs ?? Number.NaN;
