import type { Reading } from './reading.ts';

/** Of the live heap between the beginning and the end: what caches still fill. */
const MAX_HEAP_GROWTH = 1.15;
const HEAP_SLACK_MIB = 4;
/** Of what is resident, each minute, once caches are full. */
const MAX_SLOPE_SHARE = 0.01;
/** A shorter run says nothing of memory: caches still fill, and V8 has not settled. */
export const MEMORY_FROM_MINUTES = 8;
/** Keep-alive connections and timers of jobs come and go. */
const LEFT_OVER_SLACK = 5;

/** What has grown while there was load. */
export function growth(readings: readonly Reading[]): string[] {
  const findings: string[] = [];
  const { minutes, slope, mean } = residentSlope(readings);
  if (minutes * 2 < MEMORY_FROM_MINUTES) return [];
  const [early, late] = [liveHeap(readings, 0.2, 0.4), liveHeap(readings, 0.8, 1)];
  if (late > early * MAX_HEAP_GROWTH + HEAP_SLACK_MIB) {
    findings.push(`the live heap has grown from ${early.toFixed(1)} to ${late.toFixed(1)} MiB`);
  }
  if (slope > mean * MAX_SLOPE_SHARE) {
    findings.push(`resident memory grows by ${slope.toFixed(2)} MiB a minute, at ${mean.toFixed(0)} MiB`);
  }
  return findings;
}

/** What is there when all is over that was not there before. */
export function leftOver(before: Reading, after: Reading): string[] {
  return (['openFiles', 'timers'] as const)
    .filter((what) => after[what] > before[what] + LEFT_OVER_SLACK)
    .map((what) => `${what}: ${before[what]} before, ${after[what]} after`);
}

/** The least that was used within a part of the time: what is left right after a collection of garbage. */
function liveHeap(readings: readonly Reading[], from: number, to: number): number {
  const part = readings.slice(Math.floor(readings.length * from), Math.ceil(readings.length * to));
  return Math.min(...part.map(({ heapMiB }) => heapMiB));
}

/** Of the second half: the median of the slopes between any two readings (Theil and Sen), which single peaks do not move. */
export function residentSlope(readings: readonly Reading[]): { minutes: number; slope: number; mean: number } {
  const half = readings.slice(Math.floor(readings.length / 2));
  const slopes = half.flatMap((first, index) =>
    half
      .slice(index + 1)
      .map((later) => (60_000 * (later.residentMiB - first.residentMiB)) / (later.atMs - first.atMs)),
  );
  slopes.sort((a, b) => a - b);
  const [first, last] = [half[0], half.at(-1)];
  return {
    minutes: first === undefined || last === undefined ? 0 : (last.atMs - first.atMs) / 60_000,
    slope: slopes[Math.floor(slopes.length / 2)] ?? 0,
    mean: half.reduce((sum, { residentMiB }) => sum + residentMiB, 0) / half.length,
  };
}
