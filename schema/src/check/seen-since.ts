import type { UsageConfig } from '../usage/read-check-config.ts';
import { readUsage } from '../usage/read-usage.ts';
import type { ClientUsage } from '../usage/usage.ts';
import type { Affected } from './judge.ts';

const DAY_MS = 86_400_000;

/** Who uses what, as gateways saw it. Undefined: nothing is known of it. */
export interface Seen {
  /** Of a coordinate. */
  readonly seen: ((coordinate: string) => readonly Affected[]) | undefined;
  /** Of a version line. Undefined as well where nobody is known to ask for it, and some may. */
  readonly seenInLine: (major: number) => readonly Affected[] | undefined;
}

/**
 * What gateways saw within the window; nothing where no store is named, or it has nothing of that time.
 *
 * @param today the window ends with it
 * @throws SourceError for a store that cannot be read
 */
export async function seenSince(config: UsageConfig | undefined, today: string): Promise<Seen> {
  if (config === undefined) return { seen: undefined, seenInLine: () => undefined };
  const usage = await readUsage(config, { since: new Date(Date.parse(today) + DAY_MS - config.windowMs) });
  return {
    seen: usage.hasData ? (coordinate) => usage.of(coordinate).clients.map(affectedOf) : undefined,
    seenInLine: (major) => {
      const clients = usage.inLine(major);
      return clients.length > 0 || usage.knowsLines ? clients.map(affectedOf) : undefined;
    },
  };
}

const affectedOf = ({ name, version, documents, count, last }: ClientUsage): Affected => ({
  client: name,
  ...(version === '' ? {} : { version }),
  documents: documents.map((document) => document.name || document.hash.slice(0, 12)).filter((each) => each !== ''),
  seen: { count, last },
});
