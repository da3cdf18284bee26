import { FileUsageStore, type Logger, type Metrics, openPostgresUsage, type UsageStore } from '@tributary/service-kit';
import type { UsageConfig } from '../config/gateway-config.ts';
import { UsageRecorder } from './usage-recorder.ts';

/** As the configuration says; undefined where nothing is counted. */
export function usageRecorderOf(
  config: UsageConfig,
  { log, metrics }: { log: Logger; metrics: Metrics },
): UsageRecorder | undefined {
  const store = storeOf(config, log);
  if (store === undefined) return undefined;
  return new UsageRecorder({ store, flushEveryMs: config.flushEvery, keepMs: config.keep, log, metrics });
}

function storeOf({ store, folder = '', url }: UsageConfig, log: Logger): UsageStore | undefined {
  if (store === 'files') return new FileUsageStore(folder);
  if (store === 'postgres') return openPostgresUsage(url?.reveal() ?? '', log);
  return undefined;
}
