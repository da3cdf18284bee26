import type { UsageTotal } from '@tributary/service-kit';

/** Requests within the time that was read. */
export interface Seen {
  readonly count: number;
  /** The first and the last hour with any. */
  readonly first: Date;
  readonly last: Date;
}

export interface DocumentUsage extends Seen {
  /** The operation's; '' where it has none. */
  readonly name: string;
  /** `documentHash` of service-kit; '' where documents were not told apart. */
  readonly hash: string;
}

export interface ClientUsage extends Seen {
  readonly name: string;
  /** '' where the client does not say it. */
  readonly version: string;
  /** Those with most requests first. */
  readonly documents: readonly DocumentUsage[];
}

export interface CoordinateUsage {
  readonly count: number;
  /** Undefined where nobody used it. */
  readonly first: Date | undefined;
  readonly last: Date | undefined;
  /** Those with most requests first. */
  readonly clients: readonly ClientUsage[];
}

/** What gateways have seen. */
export class Usage {
  readonly #byCoordinate: ReadonlyMap<string, readonly UsageTotal[]>;
  readonly #byLine: ReadonlyMap<string, readonly UsageTotal[]>;
  readonly first: Date | undefined;
  readonly last: Date | undefined;

  constructor(totals: readonly UsageTotal[]) {
    this.#byCoordinate = Map.groupBy(totals, ({ coordinate }) => coordinate);
    this.#byLine = Map.groupBy(totals, ({ line }) => line);
    const all = seenIn(totals);
    this.first = all?.first;
    this.last = all?.last;
  }

  get hasData(): boolean {
    return this.last !== undefined;
  }

  /** Whether it is known of every request which version line it asked: what gateways without lines saw may be of any. */
  get knowsLines(): boolean {
    return this.hasData && !this.#byLine.has('');
  }

  /** Who has asked for a version line. Those with most requests first. */
  inLine(major: number): readonly ClientUsage[] {
    return clientsIn(this.#byLine.get(String(major)) ?? []);
  }

  /** Whatever was used. */
  get coordinates(): Iterable<string> {
    return this.#byCoordinate.keys();
  }

  /** Of exactly this schema coordinate: a field that is selected on an interface counts for the interface. */
  of(coordinate: string): CoordinateUsage {
    const totals = this.#byCoordinate.get(coordinate) ?? [];
    return { count: 0, first: undefined, last: undefined, ...seenIn(totals), clients: clientsIn(totals) };
  }
}

/** A request counts once for each coordinate that it uses: of a document with several, the one that was used most counts. */
function clientsIn(totals: readonly UsageTotal[]): ClientUsage[] {
  const byClient = Map.groupBy(totals, ({ client, version }) => `${client}\n${version}`);
  const clients = Array.from(byClient.values(), (own) => {
    const [{ client: name, version }] = own as [UsageTotal];
    const byDocument = Map.groupBy(own, ({ document }) => document);
    const documents = Array.from(byDocument, ([hash, ofDocument]) => ({
      ...{ name: ofDocument[0]?.operation ?? '', hash },
      ...requestsIn(ofDocument),
    }));
    return { name, version, ...(seenIn(documents) as Seen), documents: documents.sort(mostFirst) };
  });
  return clients.sort(mostFirst);
}

/** @param totals of one document, one at least */
function requestsIn(totals: readonly UsageTotal[]): Seen {
  const byCoordinate = Map.groupBy(totals, ({ coordinate }) => coordinate);
  const counts = Array.from(byCoordinate.values(), (own) => seenIn(own)?.count ?? 0);
  return { ...(seenIn(totals) as Seen), count: Math.max(...counts) };
}

/** Undefined for none. */
function seenIn(totals: readonly Seen[]): Seen | undefined {
  const [one] = totals;
  if (one === undefined) return undefined;
  let { count, first, last } = { ...one, count: 0 };
  for (const total of totals) {
    count += total.count;
    if (total.first < first) first = total.first;
    if (total.last > last) last = total.last;
  }
  return { count, first, last };
}

const mostFirst = (a: Seen & { name: string }, b: Seen & { name: string }) =>
  b.count - a.count || Number(a.name > b.name) - Number(a.name < b.name);
