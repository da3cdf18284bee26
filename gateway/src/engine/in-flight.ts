import type { Identity } from '@tributary/service-kit';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';

interface Shared<T> {
  /** Until it is settled: the table of a Map may live for longer than what was in it (docs/performance.md). */
  promise: Promise<T> | undefined;
  /** Of whom it was started for. */
  readonly deadlineMs: number;
  sharers: number;
}

/** What is under way, for those who ask for the same meanwhile. Nothing of it is kept. */
export class InFlight<T> {
  readonly #waited = new Map<string, Shared<T>>();

  /**
   * Where what is under way has less than half of the caller's time left, it is started anew: it may run out of time when
   * the caller still has some.
   *
   * @param deadlineMs the caller's
   * @returns with how many others it is shared, and whether it was started for this one.
   */
  async share(
    key: string,
    deadlineMs: number,
    start: () => Promise<T>,
  ): Promise<{ value: T; others: number; isOwn: boolean }> {
    const nowMs = performance.now();
    const known = this.#waited.get(key);
    const isOwn = known === undefined || known.deadlineMs - nowMs < (deadlineMs - nowMs) / 2;
    const entry: Shared<T> = isOwn ? { promise: start(), deadlineMs, sharers: 0 } : known;
    if (isOwn) this.#waited.set(key, entry);
    entry.sharers++;
    try {
      // Whoever is among them is not settled.
      return { value: await (entry.promise as Promise<T>), others: entry.sharers - 1, isOwn };
    } finally {
      if (this.#waited.get(key) === entry) this.#waited.delete(key);
      entry.promise = undefined;
    }
  }
}

/** Equal where subgraphs are told the same of who asks: what they answer is not shared with anybody else. */
export const audienceOf = ({ identity, canary }: Pick<FetchScope, 'identity' | 'canary'>): string =>
  `${identityKey(identity)} ${canary ?? ''}`;

function identityKey(identity: Identity): string {
  return identity.kind === 'anonymous' ? '' : JSON.stringify(identity);
}
