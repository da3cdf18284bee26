import type { Priority } from './priority.ts';

/** For requests in the gateway. */
export interface Places {
  /** How many those with that priority may take that nobody has. */
  free(priority: Priority): number;
  /** So many there were no places for, ever since. */
  readonly turnedAway: number;
}
