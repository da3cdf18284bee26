import type { Figures } from '../gateways/measure.ts';
import { median } from '../gateways/statistics.ts';
import { pairedRatio } from './paired-ratio.ts';

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

function ratioCells({ sets }: VariantRow, index: number): string[] {
  if (index === 0) return ['1', '', ''];
  const ratio = pairedRatio(sets.map((rounds) => rounds.map((round) => cpuOf(round, index) / cpuOf(round, 0))));
  const range = ([low, high]: readonly [number, number]) => `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return [ratio.median.toFixed(3), range(ratio.quartiles), range(ratio.interval)];
}

const cpuOf = (round: VariantRow['sets'][number][number], index: number): number => round[index]?.cpuMs ?? Number.NaN;
