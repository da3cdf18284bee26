import type { UsageBucket, UsageTotal } from './usage-bucket.ts';

type Total = { -readonly [K in keyof UsageTotal]: UsageTotal[K] };

/** Buckets of any number of hours, summed as they come. */
export class UsageTotals {
  readonly #byKey = new Map<string, Map<string, Total>>();

  add({ hour, coordinates, ...who }: UsageBucket): void {
    const key = bucketKey(who);
    const totals = this.#byKey.get(key) ?? new Map<string, Total>();
    this.#byKey.set(key, totals);
    for (const [coordinate, count] of coordinates) {
      const total = totals.get(coordinate);
      if (total === undefined) totals.set(coordinate, { ...who, coordinate, count, first: hour, last: hour });
      else {
        total.count += count;
        if (hour < total.first) total.first = hour;
        if (hour > total.last) total.last = hour;
      }
    }
  }

  list(): UsageTotal[] {
    return [...this.#byKey.values()].flatMap((totals) => [...totals.values()]);
  }
}

/** What tells the buckets of one hour apart. */
export const bucketKey = ({ line, client, version, document }: Omit<UsageBucket, 'hour' | 'coordinates'>): string =>
  JSON.stringify([line, client, version, document]);
