import type { Identity } from '@tributary/service-kit';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';

/** What is under way, for those who ask for the same meanwhile. Nothing of it is kept. */
export class InFlight<T> {
  readonly #waited = new Map<string, { readonly promise: Promise<T>; sharers: number }>();

  /** @returns with how many others it is shared, and whether it was started for this one. */
  async share(key: string, start: () => Promise<T>): Promise<{ value: T; others: number; isOwn: boolean }> {
    const known = this.#waited.get(key);
    const entry = known ?? { promise: start(), sharers: 0 };
    if (known === undefined) this.#waited.set(key, entry);
    entry.sharers++;
    try {
      return { value: await entry.promise, others: entry.sharers - 1, isOwn: known === undefined };
    } finally {
      if (this.#waited.get(key) === entry) this.#waited.delete(key);
    }
  }
}

/** Equal where subgraphs are told the same of who asks: what they answer is not shared with anybody else. */
export const audienceOf = ({ identity, canary }: Pick<FetchScope, 'identity' | 'canary'>): string =>
  `${identityKey(identity)} ${canary ?? ''}`;

function identityKey(identity: Identity): string {
  return identity.kind === 'anonymous' ? '' : JSON.stringify(identity);
}
