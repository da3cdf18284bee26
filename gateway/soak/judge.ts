import type { LiveReading, Reading } from './reading.ts';

/** Of what is live, between the second third of the time and the last. */
const MAX_LIVE_GROWTH = 1.1;
const LIVE_SLACK_MIB = 4;
/** Of what is resident, each minute, once caches are full. */
const MAX_SLOPE_SHARE = 0.01;
/** A shorter run says nothing of what is resident: V8 has not settled. What is live is looked at in any. */
export const MEMORY_FROM_MINUTES = 8;
/** Keep-alive connections and timers of jobs come and go. */
const LEFT_OVER_SLACK = 5;

/** Whether what is resident grows while there is load. */
export function growth(readings: readonly Reading[]): string[] {
  const { minutes, slope, mean } = residentSlope(readings);
  if (minutes * 2 < MEMORY_FROM_MINUTES || slope <= mean * MAX_SLOPE_SHARE) return [];
  return [`resident memory grows by ${slope.toFixed(2)} MiB a minute, at ${mean.toFixed(0)} MiB`];
}

/**
 * Whether what is live grows: the least of the second third compared with the least of the last one. What was
 * read while requests happened to hold more than usual is so left out.
 */
export function liveGrowth(readings: readonly LiveReading[]): string[] {
  const part = (from: number, to: number) =>
    readings.slice(Math.floor(readings.length * from), Math.floor(readings.length * to));
  const [second, last] = [part(1 / 3, 2 / 3), part(2 / 3, 1)];
  if (second.length === 0 || last.length === 0) return ['what is live was not read often enough'];
  return (['heapMiB', 'outsideMiB'] as const).flatMap((what) => {
    const [early, late] = [second, last].map((some) => Math.min(...some.map((reading) => reading[what])));
    if (early === undefined || late === undefined || late <= early * MAX_LIVE_GROWTH + LIVE_SLACK_MIB) return [];
    const where = what === 'heapMiB' ? 'in the heap' : 'outside of the heap';
    return [`what is live ${where} has grown from ${early.toFixed(1)} to ${late.toFixed(1)} MiB`];
  });
}

/** Whether it has taken more than its container has. */
export function overMemory(readings: readonly Reading[], memoryBytes: number | undefined): string[] {
  const peak = Math.max(...readings.map(({ residentMiB }) => residentMiB));
  const mostMiB = memoryBytes === undefined ? Number.POSITIVE_INFINITY : memoryBytes / 1024 ** 2;
  return peak < mostMiB ? [] : [`${peak.toFixed(0)} MiB were resident, of ${mostMiB.toFixed(0)}`];
}

/** What is there when all is over that was not there before. */
export function leftOver(before: Reading, after: Reading): string[] {
  return (['openFiles', 'timers'] as const)
    .filter((what) => after[what] > before[what] + LEFT_OVER_SLACK)
    .map((what) => `${what}: ${before[what]} before, ${after[what]} after`);
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
