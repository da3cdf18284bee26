import { describe, expect, test } from 'vitest';
import { type MetricName, metricDefinitions } from './definitions.ts';
import { createMetrics } from './metrics.ts';

describe('the definitions', () => {
  test.each(Object.entries(metricDefinitions))('%s follows the conventions of Prometheus', (name, definition) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(definition.kind === 'counter');
    if (definition.kind === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
    expect(definition.help).toMatch(/^[A-Z].*[^.]$/);
    for (const label of definition.labels) expect(label).toMatch(/^[a-z]+$/);
    // Set on every series already, to the service that measures; there it is the one that is depended upon.
    expect((definition.labels as readonly string[]).includes('service')).toBe(name === 'external_service_up');
  });

  test('each can be registered', async () => {
    const metrics = createMetrics({ service: 'test', processMetrics: false });
    const names = Object.keys(metricDefinitions) as MetricName[];
    for (const name of names) expect(metrics.get(name)).toBe(metrics.get(name));
    const text = await metrics.scrape();
    for (const name of names) expect(text).toContain(`# TYPE ${name} ${metricDefinitions[name].kind}`);
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
