import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `look` gives something, and gives that. @throws Error when it has not within the time, with the last reason. */
export async function until<T>(what: string, timeoutMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  let reason = '';
  while (performance.now() < endMs) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      reason = (error as Error).message;
    }
    await delay(500);
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s${reason === '' ? '' : `; last: ${reason}`}`);
}
