import type { Generation } from '../engine/generation.ts';

/**
 * Works with a generation that does not rest meanwhile, also where everybody else leaves it: it would get a planner and
 * connections anew.
 */
export async function holding<T>(generation: Generation, work: () => Promise<T>): Promise<T> {
  generation.enter();
  try {
    return await work();
  } finally {
    generation.leave();
  }
}
