import type { Figures } from '../gateways/measure.ts';
import { median } from '../statistics.ts';
import { type PairedRatio, pairedRatio } from './paired-ratio.ts';
import type { Variant } from './start-variants.ts';

/** What was measured of one operation: by set, by round of the set, by variant. */
export interface VariantRow {
  readonly operation: string;
  readonly sets: Pick<Figures, 'cpuMs' | 'othersShare'>[][][];
}

export interface VariantHead {
  /** As it is before anything is pinned to a core of it. */
  readonly machine: string;
  readonly column: string;
  /** Of the variants; the first one is what the others are compared with. */
  readonly titles: readonly string[];
  readonly seconds: number;
  readonly isPinned: boolean;
}

/** A Markdown table. Ratios are of runs of one round, which the machine treated alike. */
export function reportVariants(
  { machine, column, titles, seconds, isPinned }: VariantHead,
  rows: readonly VariantRow[],
): string {
  const others = rows.flatMap(({ sets }) => sets.flat(2).map(({ othersShare }) => othersShare));
  const sets = rows[0]?.sets.length ?? 0;
  const rounds = rows[0]?.sets[0]?.length ?? 0;
  const share = (median(others) * 100).toFixed(0);
  const place = isPinned ? 'gateways on one core, load and subgraphs on another' : 'nothing pinned to a core';
  const lines = rows.flatMap((row) =>
    titles.map((title, index) => {
      const cpuMs = median(row.sets.flat().map((round) => cpuOf(round, index)));
      return `| ${[row.operation, title, cpuMs.toPrecision(3), ...ratioCells(row, index)].join(' | ')} |`;
    }),
  );
  return [
    `${machine}; ${sets} sets of processes, ${rounds} rounds of ${seconds} s each; ${place}; other processes had ${share} % of the CPU time`,
    '',
    `| Operation | ${column} | CPU ms a request | to ${titles[0]}: median | quartiles | 95 % interval of the median |`,
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

/** Which variants certainly take more than they may, a line each. */
export const overMost = (variants: readonly Variant[], rows: readonly VariantRow[]): string[] =>
  rows.flatMap((row) =>
    variants.flatMap(({ title, most }, index) => {
      const [low] = most === undefined ? [0] : ratioOf(row, index).interval;
      return low <= (most ?? 0) ? [] : [`${row.operation}, ${title}: at least ${low.toFixed(3)}, more than ${most}`];
    }),
  );

const ratioOf = ({ sets }: VariantRow, index: number): PairedRatio =>
  pairedRatio(sets.map((rounds) => rounds.map((round) => cpuOf(round, index) / cpuOf(round, 0))));

function ratioCells(row: VariantRow, index: number): string[] {
  if (index === 0) return ['1', '', ''];
  const ratio = ratioOf(row, index);
  const range = ([low, high]: readonly [number, number]) => `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return [ratio.median.toFixed(3), range(ratio.quartiles), range(ratio.interval)];
}

const cpuOf = (round: VariantRow['sets'][number][number], index: number): number => round[index]?.cpuMs ?? Number.NaN;
