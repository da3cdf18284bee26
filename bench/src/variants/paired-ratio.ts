import { median, quantile } from '../statistics.ts';

/** What came of comparing one thing with another again and again, at the same time each. */
export interface PairedRatio {
  readonly median: number;
  /** The middle half of all ratios. */
  readonly quartiles: readonly [low: number, high: number];
  /** In which the median would be in 95 of 100 repetitions of the whole, by bootstrap. */
  readonly interval: readonly [low: number, high: number];
}

const RESAMPLES = 2000;

/**
 * @param sets ratios, of one set of processes each: what two processes differ by for their whole life (what was compiled
 *   when, where memory lies) is drawn anew with each set, so sets are drawn first, and ratios within them
 * @param random Default `Math.random`.
 */
export function pairedRatio(sets: readonly (readonly number[])[], random: () => number = Math.random): PairedRatio {
  const draw = <T>(values: readonly T[]) => values.map(() => values[Math.floor(random() * values.length)] as T);
  const all = sets.flat();
  const medians = Array.from({ length: RESAMPLES }, () => median(draw(sets).flatMap(draw)));
  return {
    median: median(all),
    quartiles: [quantile(all, 0.25), quantile(all, 0.75)],
    interval: [quantile(medians, 0.025), quantile(medians, 0.975)],
  };
}
