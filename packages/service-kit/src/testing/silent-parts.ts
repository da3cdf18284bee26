import { createLogger, type Logger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';

/** A log that writes nothing, and metrics that nobody reads. */
export const silentParts = (): { log: Logger; metrics: Metrics } => ({
  log: createLogger({ service: 'test', level: 'silent' }),
  metrics: createMetrics({ service: 'test', processMetrics: false }),
});
