import { availableParallelism, cpus } from 'node:os';
import { median } from '../statistics.ts';
import type { Flags, Mode } from './flags.ts';
import { type Case, CONNECTIONS, type Figures } from './measure.ts';
import type { OperationName } from './operations.ts';

export interface Measured extends Case {
  readonly rounds: readonly Figures[];
}

/** One row, as it is in the JSON file. */
export interface Row {
  readonly mode: Mode;
  readonly operation: OperationName;
  readonly gateway: string;
  readonly title: string;
  readonly answerBytes: number;
  readonly subgraphBytes: number;
  readonly medians: Figures;
  readonly rounds: readonly Figures[];
}

const MODE_TITLES: Readonly<Record<Mode, string>> = {
  off: 'identical requests, every in-flight sharing off',
  distinct: 'distinct requests, no bytes of two answers alike',
  sharing: 'identical requests, in-flight sharing on',
};

export function toRow({ mode, operation, gateway, answer, rounds }: Measured): Row {
  const of = (key: keyof Figures) => median(rounds.map((figures) => figures[key]));
  return {
    mode,
    operation: operation.name,
    gateway: gateway.contender.name,
    title: gateway.contender.title,
    answerBytes: mode === 'distinct' ? answer.stampedBytes : answer.bytes,
    subgraphBytes: answer.subgraphBytes,
    medians: {
      requests: of('requests'),
      requestsPerSecond: of('requestsPerSecond'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
      cpuMs: of('cpuMs'),
      subgraphCpuMs: of('subgraphCpuMs'),
      loadCpuMs: of('loadCpuMs'),
      peakMemoryMib: of('peakMemoryMib'),
      subgraphRequests: of('subgraphRequests'),
      othersShare: of('othersShare'),
    },
    rounds,
  };
}

export function machine(): string {
  return `${availableParallelism()} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`;
}

/** A Markdown table for each operation and mode, of the rounds' medians. */
export function markdownReport(rows: readonly Row[], { seconds, rounds }: Pick<Flags, 'seconds' | 'rounds'>): string {
  const tables = [...Map.groupBy(rows, ({ operation, mode }) => `${operation}, ${MODE_TITLES[mode]}`)];
  const shares = rows.flatMap((row) => row.rounds.map((round) => round.othersShare));
  const others = `${percent(median(shares))} (in runs ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))})`;
  return [
    `${machine()}; ${CONNECTIONS} connections, medians of ${rounds} rounds of ${seconds} s; other processes had ${others} of the CPU time`,
    ...tables.map(([title, of]) =>
      [`**${title}** (answer ${kilobytes(of[0]?.answerBytes ?? 0)})`, '', table(of)].join('\n'),
    ),
  ].join('\n\n');
}

const COLUMNS: readonly [title: string, cell: (row: Row) => string][] = [
  ['CPU ms a request', ({ medians }) => significant(medians.cpuMs)],
  ['requests/s', ({ medians }) => medians.requestsPerSecond.toFixed(0)],
  ['p50 ms', ({ medians }) => significant(medians.p50Ms)],
  ['p99 ms', ({ medians }) => significant(medians.p99Ms)],
  ['peak RSS MiB', ({ medians }) => medians.peakMemoryMib.toFixed(0)],
  ['subgraph requests', ({ medians }) => medians.subgraphRequests.toFixed(2).replace(/\.00$/, '')],
  ['sent to subgraphs', ({ subgraphBytes }) => kilobytes(subgraphBytes)],
];

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...COLUMNS.map(([title]) => title)]),
    line(['---', ...COLUMNS.map(() => '---:')]),
    ...rows.map((row) => line([row.title, ...COLUMNS.map(([, cell]) => cell(row))])),
  ].join('\n');
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const kilobytes = (bytes: number): string => `${significant(bytes / 1000)} KB`;

/** Three digits, as more would not come out alike a second time. */
const significant = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
