import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricName, metricDefinitions } from './definitions.ts';

type Definitions = typeof metricDefinitions;
type Labels<N extends MetricName> = Definitions[N]['labels'][number];
type MetricOf<N extends MetricName> = Definitions[N]['kind'] extends 'counter'
  ? Counter<Labels<N>>
  : Definitions[N]['kind'] extends 'gauge'
    ? Gauge<Labels<N>>
    : Histogram<Labels<N>>;

export interface Metrics {
  readonly registry: Registry;
  /** The metric of that name; registered at first use, so that a service exports only what it measures. */
  get<N extends MetricName>(name: N): MetricOf<N>;
  /** Runs `update` before each scrape, for gauges whose value has to be asked for. */
  beforeScrape(update: () => Promise<void>): void;
  /** All series in Prometheus' text format. */
  scrape(): Promise<string>;
}

export interface MetricsOptions {
  /** Label `service` of every series. */
  service: string;
  /** Export Node's own metrics (CPU, heap, event loop, …); once per process. Default true. */
  processMetrics?: boolean;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const updates: (() => Promise<void>)[] = [];
  return {
    registry,
    beforeScrape: (update) => updates.push(update),
    async scrape() {
      // A gauge that cannot be updated (its database is down) must not hide all other metrics.
      await Promise.allSettled(updates.map((update) => update()));
      return registry.metrics();
    },
    get: (name) => (registry.getSingleMetric(name) ?? create(name, registry)) as never,
  };
}

function create(name: MetricName, registry: Registry): Counter | Gauge | Histogram {
  const definition = metricDefinitions[name];
  const common = { name, help: definition.help, labelNames: definition.labels, registers: [registry] };
  if (definition.kind === 'counter') return new Counter(common);
  if (definition.kind === 'gauge') return new Gauge(common);
  return new Histogram({ ...common, buckets: [...definition.buckets] });
}
