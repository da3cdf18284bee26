import { setTimeout as delay } from 'node:timers/promises';
import { NoAnswer } from './graph-client.ts';

const AGAIN_AFTER_MS = 1000;

/** Asks until there is an answer, as a patient frontend does; undefined when none came in `patienceMs`. */
export async function askAgain<T>(patienceMs: number, work: () => Promise<T>): Promise<T | undefined> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (performance.now() > deadline) return undefined;
      await delay(AGAIN_AFTER_MS);
    }
  }
}
