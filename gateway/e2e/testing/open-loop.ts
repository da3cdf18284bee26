import { setTimeout as sleep } from 'node:timers/promises';

export interface Sent<T> {
  /** From when it was due, not from when it could be sent. */
  readonly tookMs: number;
  readonly answer: T;
}

/** Sends at a steady rate, however long the answers take, and waits for all of them. */
export async function openLoop<T>(perSecond: number, forMs: number, send: () => Promise<T>): Promise<Sent<T>[]> {
  const startedMs = performance.now();
  const sent: Promise<Sent<T>>[] = [];
  for (let dueMs = 0; dueMs < forMs; dueMs += 1000 / perSecond) {
    const aheadMs = startedMs + dueMs - performance.now();
    if (aheadMs > 0) await sleep(aheadMs);
    sent.push(send().then((answer) => ({ tookMs: performance.now() - startedMs - dueMs, answer })));
  }
  return Promise.all(sent);
}

export function p99(sent: readonly Sent<unknown>[]): number {
  const times = sent.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
