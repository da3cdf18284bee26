import { AsyncLocalStorage } from 'node:async_hooks';

/** What the code that is running belongs to. */
export interface Activity {
  /** First part of its steps' names, see `step-name.ts`. */
  readonly name: string;
  /** Set by whoever learns that there is something to do: a repeated event has no effect that could be interrupted. */
  hasEffect: boolean;
  /** The one transaction of an activity is its first: what it wakes inherits the activity, and is none of its own. */
  transactionsLeft: number;
}

const current = new AsyncLocalStorage<Activity>();

export const activity = {
  run: <T>(begun: Activity, work: () => T): T => current.run(begun, work),
  get: (): Activity | undefined => current.getStore(),
};
