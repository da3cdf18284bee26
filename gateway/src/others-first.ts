import { setImmediate } from 'node:timers/promises';

/**
 * Lets the event loop answer others in the middle of long work. Twice: what arrives while a callback runs is looked for
 * only after the immediates that it has set.
 */
export async function othersFirst(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
