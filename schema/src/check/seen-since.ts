import type { UsageConfig } from '../usage/read-check-config.ts';
import { readUsage } from '../usage/read-usage.ts';
import type { Affected } from './judge.ts';

const DAY_MS = 86_400_000;

/**
 * What gateways saw of a coordinate, by client; undefined where no store is named, or it has nothing of the window.
 *
 * @param today the window ends with it
 * @throws SourceError for a store that cannot be read
 */
export async function seenSince(
  config: UsageConfig | undefined,
  today: string,
): Promise<((coordinate: string) => Affected[]) | undefined> {
  if (config === undefined) return undefined;
  const usage = await readUsage(config, { since: new Date(Date.parse(today) + DAY_MS - config.windowMs) });
  if (!usage.hasData) return undefined;
  return (coordinate) =>
    usage.of(coordinate).clients.map(({ name, version, documents, count, last }) => ({
      client: name,
      ...(version === '' ? {} : { version }),
      documents: documents.map((document) => document.name || document.hash.slice(0, 12)).filter((name) => name !== ''),
      seen: { count, last },
    }));
}
