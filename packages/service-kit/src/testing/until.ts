import { setTimeout as delay } from 'node:timers/promises';

/** Polls until `read` gives something that is not false or undefined, and gives that; throws after `timeoutMs` (default 10 s). */
export async function until<T>(what: string, read: () => Promise<T> | T, timeoutMs = 10_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await delay(20);
  }
}
