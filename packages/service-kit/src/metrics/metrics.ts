import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CountedSeries, type CounterSeries, type Observe } from './counted-series.ts';
import { type MetricDefinition, type MetricName, metricDefinitions } from './definitions.ts';
import type { MetricsFormat } from './metrics-format.ts';

type Definitions = typeof metricDefinitions;
type Labels<N extends MetricName> = Definitions[N]['labels'][number];
type CounterName = { [N in MetricName]: Definitions[N]['kind'] extends 'counter' ? N : never }[MetricName];
type ExemplarName = { [N in MetricName]: Definitions[N] extends { exemplars: true } ? N : never }[MetricName];
type MetricOf<N extends MetricName> = Definitions[N]['kind'] extends 'counter'
  ? Counter<Labels<N>>
  : Definitions[N]['kind'] extends 'gauge'
    ? Gauge<Labels<N>>
    : Histogram<Labels<N>>;

export interface Metrics {
  readonly registry: Registry;
  /** The metric of that name; registered at first use, so that a service exports only what it measures. */
  get<N extends Exclude<MetricName, ExemplarName>>(name: N): MetricOf<N>;
  /** One series of a counter, there from zero: one that appears with its first event has no rate then. To be kept. */
  counter<N extends CounterName>(name: N, labels: Record<Labels<N>, string>): CounterSeries;
  /** One series of a histogram with exemplars. To be kept: finding it takes longer than counting. */
  observer<N extends ExemplarName>(name: N, labels: Record<Labels<N>, string>): Observe;
  /** Runs `update` before each scrape, for gauges whose value has to be asked for. */
  beforeScrape(update: () => void | Promise<void>): void;
  /** All series. Default: as text. */
  scrape(format?: MetricsFormat): Promise<string>;
}

export interface MetricsOptions {
  /** Label `service` of every series. */
  service: string;
  /** Export Node's own metrics (CPU, heap, event loop, …); once per process. Default true. */
  processMetrics?: boolean;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const labels = { service: options.service };
  registry.setDefaultLabels(labels);
  const updates: (() => void | Promise<void>)[] = [];
  const series = new CountedSeries();
  const find = (name: MetricName) => registry.getSingleMetric(name) ?? create(name, registry, series);
  const metrics: Metrics = {
    registry,
    get: (name) => find(name) as never,
    counter: (name, labels) => series.counter(find(name) as Counter, labels),
    observer: (name, labels) => series.histogram(find(name) as Histogram, labels, bucketsOf(name)),
    beforeScrape: (update) => updates.push(update),
    async scrape(format = 'text') {
      // A gauge that cannot be updated (its database is down) must not hide all other metrics.
      await Promise.allSettled(updates.map(async (update) => update()));
      return format === 'text' ? registry.metrics() : asOpenMetrics(registry, labels);
    },
  };
  if (options.processMetrics ?? true) addProcessMetrics(metrics);
  return metrics;
}

const bucketsOf = (name: MetricName): readonly number[] => (metricDefinitions[name] as MetricDefinition).buckets ?? [];

function create(name: MetricName, registry: Registry, series: CountedSeries): Counter | Gauge | Histogram {
  const definition: MetricDefinition = metricDefinitions[name];
  const { kind, help, labels: labelNames, exemplars = false } = definition;
  // With a registry of the text format prom-client refuses exemplars, which that format leaves out.
  const common = { name, help, labelNames, registers: [] };
  const collect = () => series.tell(name);
  const metric =
    kind === 'counter'
      ? new Counter({ ...common, collect })
      : kind === 'gauge'
        ? new Gauge(common)
        : new Histogram({ ...common, collect, buckets: [...bucketsOf(name)], enableExemplars: exemplars });
  registry.registerMetric(metric);
  return metric;
}

/** prom-client's way from one format to the other takes `_total` off the names of counters for good: these are copies. */
function asOpenMetrics(registry: Registry, labels: object): Promise<string> {
  const copy = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  copy.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  copy.setDefaultLabels(labels);
  for (const metric of registry.getMetricsAsArray()) {
    copy.registerMetric(Object.create(metric, { name: { value: metric.name, writable: true } }));
  }
  return copy.metrics();
}

function addProcessMetrics(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry });
  const utilization = metrics.get('nodejs_eventloop_utilization');
  let before = performance.eventLoopUtilization();
  metrics.beforeScrape(() => {
    const now = performance.eventLoopUtilization();
    utilization.set(performance.eventLoopUtilization(now, before).utilization);
    before = now;
  });
}
