import type { UsageBucket, UsageTotal } from './usage-bucket.ts';

/** Which hours are read: those that have any part in it. */
export interface UsageWindow {
  readonly since: Date;
  readonly until: Date;
}

/** Where gateways keep what was used, and where it is read. Several processes may use one at the same time. */
export interface UsageStore {
  /**
   * Adds buckets of one hour to what is there, all of them or none. Who gives them again after an error may count them
   * twice where the store had taken them and its answer was lost.
   */
  write(buckets: readonly UsageBucket[]): Promise<void>;
  /**
   * One total for each line, client, version, document and coordinate.
   *
   * @throws UsageUnreadableError
   */
  read(window: UsageWindow): Promise<UsageTotal[]>;
  /** Deletes the hours before the one that `before` is in. */
  prune(before: Date): Promise<void>;
  close(): Promise<void>;
}

/** There is no store at the place, or what is there is none. The message is safe to show: it holds no password. */
export class UsageUnreadableError extends Error {
  override readonly name = 'UsageUnreadableError';
}
