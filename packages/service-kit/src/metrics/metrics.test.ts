import { TraceFlags } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { readMetrics } from '../testing/read-metrics.ts';
import { type MetricDefinition, type MetricName, metricDefinitions } from './definitions.ts';
import { createMetrics } from './metrics.ts';

describe('the definitions', () => {
  const definitions: [name: string, definition: MetricDefinition][] = Object.entries(metricDefinitions);

  test.each(definitions)('%s follows the conventions of Prometheus', (name, definition) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(definition.kind === 'counter');
    if (definition.kind === 'histogram') expect(name).toMatch(/_(seconds|bytes|cost)$/);
    expect(definition.help).toMatch(/^[A-Z].*[^.]$/);
    for (const label of definition.labels) expect(label).toMatch(/^[a-z]+$/);
    // Set on every series already, to the service that measures; there it is the one that is depended upon.
    expect(definition.labels.includes('service')).toBe(name === 'external_service_up');
    expect(definition.buckets === undefined).toBe(definition.kind !== 'histogram');
    if (definition.exemplars === true) expect(definition.kind).toBe('histogram');
  });

  test('each can be registered', async () => {
    const metrics = createMetrics({ service: 'test', processMetrics: false });
    const get = metrics.get as (name: MetricName) => unknown;
    for (const [name] of definitions) expect(get(name as MetricName)).toBe(get(name as MetricName));
    for (const format of ['text', 'openmetrics'] as const) {
      const read = readMetrics(await metrics.scrape(format), format);
      expect([...read].map(([name, { type, help }]) => [name, type, help])).toEqual(
        definitions.map(([name, { kind, help }]) => [name, kind, help]),
      );
    }
  });
});

describe('a scrape', () => {
  test('has the service on every series, and only metrics that were asked for', async () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    metrics.get('orders_total').inc({ status: 'PLACED' });
    const text = await metrics.scrape();
    expect(text).toContain('orders_total{status="PLACED",service="orders"} 1');
    expect(text).not.toContain('payments_total');
  });

  test('names the server that a service depends on in place of the service', async () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    metrics.get('external_service_up').set({ service: 'nats' }, 1);
    expect(await metrics.scrape()).toContain('external_service_up{service="nats"} 1');
  });

  test('asks gauges for their value; one that fails does not hide the others', async () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    metrics.beforeScrape(async () => {
      throw new Error('the database is down');
    });
    metrics.beforeScrape(async () => metrics.get('outbox_pending').set(7));
    expect(await metrics.scrape()).toContain('outbox_pending{service="orders"} 7');
  });

  test("has Node's own metrics once, where they are asked for", async () => {
    const own = createMetrics({ service: 'orders' });
    const another = createMetrics({ service: 'users', processMetrics: false });
    expect(await own.scrape()).toContain('process_cpu_seconds_total');
    expect(await another.scrape()).not.toContain('process_cpu_seconds_total');
  });

  test('refuses a label that the definition does not have', () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    expect(() => metrics.get('orders_total').inc({ user: 'x' } as never)).toThrow();
  });
});

describe('series', () => {
  const one = { method: 'GET', route: '/', status: '200' };
  const traced = (traceFlags: TraceFlags) => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags });
  const SAMPLED = { trace_id: '1'.repeat(32), span_id: '2'.repeat(16) };

  test('of a counter are there before anything is counted', async () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    const paid = metrics.counter('orders_total', { status: 'PAID' });
    expect(await metrics.scrape()).toContain('orders_total{status="PAID",service="orders"} 0');
    paid.inc();
    paid.inc(2);
    expect(await metrics.scrape()).toContain('orders_total{status="PAID",service="orders"} 3');
  });

  test('of a counter are one for the same labels, and add to what is counted past them', async () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    const labels = { subgraph: 'orders', reason: 'breaker' };
    const first = metrics.counter('graphql_subgraph_fetches_rejected_total', labels);
    expect(metrics.counter('graphql_subgraph_fetches_rejected_total', { ...labels })).toBe(first);
    first.inc();
    metrics.get('graphql_subgraph_fetches_rejected_total').inc(labels);
    first.inc(3);
    const line = /^graphql_subgraph_fetches_rejected_total{.*} (\d+)/m;
    for (const format of ['text', 'openmetrics'] as const)
      expect(line.exec(await metrics.scrape(format))?.[1]).toBe('5');
    first.inc();
    expect(line.exec(await metrics.scrape())?.[1]).toBe('6');
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => first.inc(value)).toThrow(RangeError);
  });

  test('of a histogram count each value in its bucket, once, however often they are read', async () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    const observe = metrics.observer('http_request_duration_seconds', one);
    expect(metrics.observer('http_request_duration_seconds', { ...one })).toBe(observe);
    expect(await metrics.scrape()).not.toContain('http_request_duration_seconds_count{');
    for (const value of [0.005, 0.3, 40]) observe(value);
    observe(0.3, traced(TraceFlags.SAMPLED));
    expect(() => observe(Number.NaN)).toThrow(RangeError);
    for (const [format, times] of [
      ['text', 1],
      ['openmetrics', 1],
      ['text', 2],
    ] as const) {
      if (times === 2) for (const value of [0.005, 0.3, 0.3, 40]) observe(value);
      const { samples = [] } =
        readMetrics(await metrics.scrape(format), format).get('http_request_duration_seconds') ?? {};
      const read = (suffix: string, le?: string) =>
        samples.find(({ name, labels }) => name.endsWith(suffix) && labels.le === le)?.value;
      expect(['0.005', '0.25', '0.5', '+Inf'].map((le) => read('_bucket', le))).toEqual(
        [1, 1, 3, 4].map((count) => count * times),
      );
      expect([read('_count'), read('_sum')]).toEqual([4 * times, expect.closeTo(40.605 * times)]);
    }
  });

  test('of a histogram show a sampled request in each bucket, the last one, and only as OpenMetrics', async () => {
    const metrics = createMetrics({ service: 'orders', processMetrics: false });
    const observe = metrics.observer('http_request_duration_seconds', one);
    observe(0.004, traced(TraceFlags.NONE));
    observe(0.04, traced(TraceFlags.SAMPLED));
    observe(0.03, { ...traced(TraceFlags.SAMPLED), spanId: '3'.repeat(16) });
    observe(0.3);
    observe(40, traced(TraceFlags.SAMPLED));
    for (const format of ['openmetrics', 'text', 'openmetrics'] as const) {
      const { samples } = readMetrics(await metrics.scrape(format), format).get('http_request_duration_seconds') ?? {};
      const shown = samples?.flatMap(({ labels, exemplar }) => (exemplar ? [[labels.le, exemplar]] : []));
      const lasting = { timestamp: expect.closeTo(Date.now() / 1000, -2) };
      const [last, overflow] = [
        { ...lasting, value: 0.03, labels: { ...SAMPLED, span_id: '3'.repeat(16) } },
        { ...lasting, value: 40, labels: SAMPLED },
      ];
      expect(shown).toEqual(
        format === 'text'
          ? []
          : [
              ['0.05', last],
              ['+Inf', overflow],
            ],
      );
      expect(samples?.at(-1)).toMatchObject({ value: 5, labels: { ...one, service: 'orders' } });
    }
  });

  test('keep their names whichever format is asked for', async () => {
    const metrics = createMetrics({ service: 'orders' });
    metrics.get('orders_total').inc({ status: 'PAID' });
    const before = readMetrics(await metrics.scrape(), 'text');
    const open = readMetrics(await metrics.scrape('openmetrics'), 'openmetrics');
    expect([...open.keys()]).toEqual([...before.keys()]);
    expect([...readMetrics(await metrics.scrape(), 'text').keys()]).toEqual([...before.keys()]);
  });
});

test('the utilization of the event loop is that since the last scrape', async () => {
  const metrics = createMetrics({ service: 'orders' });
  const utilization = async () =>
    readMetrics(await metrics.scrape(), 'text').get('nodejs_eventloop_utilization')?.samples[0]?.value ?? -1;
  await utilization();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const idle = await utilization();
  await new Promise((resolve) => setImmediate(resolve));
  const endMs = performance.now() + 100;
  while (performance.now() < endMs);
  await new Promise((resolve) => setImmediate(resolve));
  const busy = await utilization();
  expect(idle).toBeGreaterThanOrEqual(0);
  expect(busy).toBeGreaterThan(idle);
  expect(busy).toBeLessThanOrEqual(1);
});
