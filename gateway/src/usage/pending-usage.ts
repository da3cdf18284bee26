import { hourOf, type OperationUsage, type UsageBucket } from '@tributary/service-kit';
import { type Client, OTHER } from '../identity/clients.ts';

export interface PendingLimits {
  /** Pairs of a client and a document that are told apart within one hour. */
  pairs: number;
  /** Counts of single coordinates that are kept. */
  counts: number;
}

type Counts = Map<string, number>;

interface Pending {
  readonly line: string;
  readonly client: Client;
  readonly operation: string;
  readonly document: string;
  readonly coordinates: Counts;
}

const EVERYTHING_ELSE = { operation: '', document: '' };

/**
 * What is counted and not in the store yet. Bounded: a client and document that come beyond the limits are counted as the
 * client `other`, line by line and coordinate by coordinate, which takes no more room than the schema has coordinates.
 */
export class PendingUsage {
  readonly #limits: PendingLimits;
  readonly #countedAsOther: (requests: number) => void;
  readonly #pending = new Map<string, Pending>();
  #counts = 0;
  /** Keys of this hour, stored or not. */
  #pairs = new Set<string>();
  #hour = hourOf(new Date()).getTime();

  /** @param countedAsOther is told how many requests could not be told apart */
  constructor(limits: PendingLimits, countedAsOther: (requests: number) => void) {
    this.#limits = limits;
    this.#countedAsOther = countedAsOther;
  }

  /**
   * @param line the version line; '' where there is none
   * @param inVariables further coordinates, and how many of the requests used each
   * @param reserved pairs that are to come, and go before this one
   */
  add(
    line: string,
    client: Client,
    usage: OperationUsage,
    requests: number,
    inVariables: Iterable<[string, number]>,
    reserved = 0,
  ): void {
    const isToldApart = this.#isToldApart(keyOf(line, client, usage.document), usage.coordinates.length, reserved);
    if (!isToldApart) this.#countedAsOther(requests);
    const coordinates = isToldApart ? this.#of(line, client, usage) : this.#of(line, OTHER, EVERYTHING_ELSE);
    for (const coordinate of usage.coordinates) this.#count(coordinates, coordinate, requests);
    for (const [coordinate, times] of inVariables) this.#count(coordinates, coordinate, times);
  }

  /** Everything, which is pending no longer. In the present hour, also what was counted in an earlier one. */
  take(): UsageBucket[] {
    const hour = hourOf(new Date());
    const taken = Array.from(this.#pending.values(), ({ line, client, operation, document, coordinates }) => ({
      ...{ hour, line, client: client.name, version: client.version, operation, document, coordinates },
    }));
    this.#pending.clear();
    this.#counts = 0;
    return taken;
  }

  /** What was taken and could not be stored. */
  putBack(buckets: readonly UsageBucket[]): void {
    for (const { line, client: name, version, operation, document, coordinates } of buckets) {
      const kept = this.#of(line, { name, version }, { operation, document });
      for (const [coordinate, requests] of coordinates) this.#count(kept, coordinate, requests);
    }
  }

  #isToldApart(key: string, coordinates: number, reserved: number): boolean {
    const hour = hourOf(new Date()).getTime();
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#pairs = new Set(this.#pending.keys());
    }
    if (this.#pending.has(key)) return true;
    if (this.#counts + coordinates > this.#limits.counts) return false;
    if (!this.#pairs.has(key) && this.#pairs.size + reserved >= this.#limits.pairs) return false;
    this.#pairs.add(key);
    return true;
  }

  #of(line: string, client: Client, { operation, document }: Omit<OperationUsage, 'coordinates'>): Counts {
    const key = keyOf(line, client, document);
    const known = this.#pending.get(key);
    if (known !== undefined) return known.coordinates;
    const coordinates: Counts = new Map();
    this.#pending.set(key, { line, client, operation, document, coordinates });
    return coordinates;
  }

  #count(counts: Counts, coordinate: string, requests: number): void {
    const before = counts.get(coordinate);
    if (before === undefined) this.#counts++;
    counts.set(coordinate, (before ?? 0) + requests);
  }
}

const keyOf = (line: string, { name, version }: Client, document: string) =>
  `${line}\n${name}\n${version}\n${document}`;
