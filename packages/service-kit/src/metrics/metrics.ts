import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CountedSeries, type CounterSeries } from './counted-series.ts';
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

/** Counts a value; `span`, where it is sampled, becomes the exemplar of the value's bucket. */
export type Observe = (value: number, span?: SpanContext) => void;

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
  const counterSeries = new CountedSeries();
  const find = (name: MetricName) => registry.getSingleMetric(name) ?? create(name, registry, counterSeries);
  const metrics: Metrics = {
    registry,
    get: (name) => find(name) as never,
    counter: (name, series) => counterSeries.of(find(name) as Counter, series),
    observer: (name, series) => observe(find(name) as Histogram, series),
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

function create(name: MetricName, registry: Registry, counterSeries: CountedSeries): Counter | Gauge | Histogram {
  const definition: MetricDefinition = metricDefinitions[name];
  const { kind, help, labels: labelNames, buckets = [], exemplars = false } = definition;
  // With a registry of the text format prom-client refuses exemplars, which that format leaves out.
  const common = { name, help, labelNames, registers: [] };
  const metric =
    kind === 'counter'
      ? new Counter({ ...common, collect: () => counterSeries.tell(name) })
      : kind === 'gauge'
        ? new Gauge(common)
        : new Histogram({ ...common, buckets: [...buckets], enableExemplars: exemplars });
  registry.registerMetric(metric);
  return metric;
}

function observe(histogram: Histogram, labels: Record<string, string>): Observe {
  const series = histogram.labels(labels);
  return (value, span) => {
    if (span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0) return series.observe(value);
    const exemplarLabels = { trace_id: span.traceId, span_id: span.spanId };
    histogram.observe({ labels, value, exemplarLabels });
  };
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
