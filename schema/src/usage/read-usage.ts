import { UsageUnreadableError } from '@tributary/service-kit';
import { SourceError } from '../subgraphs.ts';
import { openUsageStore } from './open-usage-store.ts';
import type { UsageConfig } from './read-check-config.ts';
import { Usage } from './usage.ts';

/**
 * What gateways have seen since a time, as far as their last flush.
 *
 * @throws SourceError for a store that is not there or cannot be read
 */
export async function readUsage({ store: place }: UsageConfig, { since }: { since: Date }): Promise<Usage> {
  const store = openUsageStore(place);
  try {
    return new Usage(await store.read({ since, until: new Date() }));
  } catch (error) {
    throw error instanceof UsageUnreadableError ? new SourceError(`The usage store: ${error.message}`) : error;
  } finally {
    await store.close();
  }
}
