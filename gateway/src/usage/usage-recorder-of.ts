import { FileUsageStore, type Logger, type Metrics, openPostgresUsage, type UsageStore } from '@tributary/service-kit';
import type { UsageConfig } from '../config/usage-config.ts';
import { UsageRecorder } from './usage-recorder.ts';

/**
 * As the configuration says; undefined where nothing is counted.
 *
 * @param documentBytes of documents that may be held for their counts
 */
export function usageRecorderOf(
  config: UsageConfig,
  documentBytes: number,
  { log, metrics }: { log: Logger; metrics: Metrics },
): UsageRecorder | undefined {
  const store = storeOf(config, log);
  if (store === undefined) return undefined;
  return new UsageRecorder({
    store,
    flushEveryMs: config.flushEvery,
    keepMs: config.keep,
    documentBytes,
    log,
    metrics,
  });
}

function storeOf({ store, folder = '', url }: UsageConfig, log: Logger): UsageStore | undefined {
  if (store === 'files') return new FileUsageStore(folder);
  if (store === 'postgres') return openPostgresUsage(url?.reveal() ?? '', log);
  return undefined;
}
