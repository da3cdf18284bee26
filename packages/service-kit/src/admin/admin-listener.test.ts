import { afterEach, describe, expect, test } from 'vitest';
import type { LifecycleState } from '../lifecycle/lifecycle.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createAdminListener } from './admin-listener.ts';

const listeners: ReturnType<typeof createAdminListener>[] = [];
afterEach(() => Promise.all(listeners.splice(0).map((listener) => listener.stop?.())));

async function listen(state: LifecycleState, checks: Record<string, () => Promise<unknown>> = {}) {
  const metrics = createMetrics({ service: 'test', processMetrics: false });
  const log = createLogger({ service: 'test', level: 'silent' });
  const listener = createAdminListener({ host: '127.0.0.1', port: 0, log, metrics, state: () => state, checks });
  listeners.push(listener);
  await listener.start?.();
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${listener.port}${path}`);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  return { get, metrics };
}

describe('readiness', () => {
  test('is given while the service is started and its checks pass', async () => {
    const { get } = await listen('ready', { database: async () => {} });
    expect(await get('/health/ready')).toMatchObject({ status: 200, text: '{"status":"ready","failing":[]}' });
  });

  test.each(['new', 'starting', 'draining', 'stopped'] as const)(
    'is not given while it is %s; liveness is',
    async (state) => {
      const { get } = await listen(state, { database: async () => {} });
      expect((await get('/health/ready')).status).toBe(503);
      expect((await get('/health/live')).status).toBe(200);
    },
  );

  test('names the checks that fail or do not answer within a second, and not why', async () => {
    const { get } = await listen('ready', {
      database: () => Promise.reject(new Error('canary')),
      bus: () => new Promise(() => {}),
      good: async () => {},
    });
    const startedMs = performance.now();
    const answer = await get('/health/ready');
    expect(answer).toMatchObject({ status: 503, text: '{"status":"ready","failing":["database","bus"]}' });
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect((await get('/health/live')).status).toBe(200);
  });
});

test('metrics are in the format of Prometheus', async () => {
  const { get, metrics } = await listen('ready');
  metrics.get('orders_total').inc({ status: 'PLACED' });
  const answer = await get('/metrics');
  expect(answer.type).toContain('text/plain; version=0.0.4');
  expect(answer.text).toContain('orders_total{status="PLACED",service="test"} 1');
});
