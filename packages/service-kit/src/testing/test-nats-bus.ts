import { randomBytes } from 'node:crypto';
import type { EventBus } from '../events/event-bus.ts';
import { natsBus } from '../events/nats/nats-bus.ts';
import { type NatsConfig, natsConfig } from '../events/nats/nats-config.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';

/** A bus as a process of its own has it. */
export interface TestNatsBus extends EventBus {
  metrics: Metrics;
  /** JSON lines. */
  logLines: readonly string[];
}

/** Where a test has a stream and subjects of its own. */
export function ownNatsConfig(url: string, over: Partial<NatsConfig> = {}): NatsConfig {
  const own = randomBytes(6).toString('hex');
  return { ...natsConfig.parse({ servers: [url], stream: `test_${own}`, subjectPrefix: `events_${own}` }), ...over };
}

/** Not started, so that one can subscribe first. */
export function testNatsBus(config: NatsConfig, service = 'test'): TestNatsBus {
  const logLines: string[] = [];
  const log = createLogger({ service, destination: { write: (line) => logLines.push(line) } });
  const metrics = createMetrics({ service, processMetrics: false });
  return { ...natsBus({ config, service, log, metrics }), metrics, logLines };
}
