import { createLogger, createMetrics, createTracing, tracingConfig } from '@tributary/service-kit';
import { contractBreaches, startTraceCollector } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import type { LiveResult } from './live-operation.ts';
import { CHANGED, startLiveGraph } from './testing/live-graph.ts';

const CHANGE = 'subscription Watch ($id: ID!) { itemChanged(id: $id) { name stock } }';

it('completes each event as a request of its own, by whose id it is found everywhere', async () => {
  await using collector = await startTraceCollector();
  const config = tracingConfig.parse({ enabled: true, endpoint: collector.endpoint });
  const log = createLogger({ service: 'gateway', level: 'silent' });
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  const { tracer, shutdown } = await createTracing('gateway', config, { log, metrics });
  await using graph = await startLiveGraph({ tracer });
  const { items, stock } = graph.subgraphs;
  const live = await graph.subscribe(CHANGE, { variables: { id: '1' }, requestId: 'of-the-subscription' });
  expect(items.requests[0]?.headers['x-request-id']).toBe('of-the-subscription');
  const ids: string[] = [];
  for (const isBroken of [false, true]) {
    stock.answerWith(isBroken ? (_request, response) => response.destroy() : undefined);
    await graph.publish(CHANGED, { itemId: '1' });
    const { value } = await live.next();
    const { requestId, result } = value as LiveResult;
    expect(result.errors.map(({ code }) => code)).toEqual(isBroken ? ['SUBGRAPH_UNAVAILABLE'] : []);
    for (const { requests } of [items, stock]) expect(requests.at(-1)?.headers['x-request-id']).toBe(requestId);
    ids.push(requestId);
  }
  expect(new Set(ids).size).toBe(2);
  await live.return?.();
  await shutdown();
  expect(contractBreaches(collector.spans)).toEqual([]);
  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  const told = { 'graphql.operation.type': 'subscription', 'graphql.operation.name': 'Watch' };
  const [done, failed] = ids.map((id) => ({ ...told, 'http.response.header.x-request-id': [id] }));
  expect(named('graphql.subscription.event')).toMatchObject([
    { kind: 'CONSUMER', parentSpanId: undefined, hasFailed: false, attributes: done },
    {
      hasFailed: true,
      attributes: { ...failed, 'graphql.errors.count': 1, 'error.type': 'SUBGRAPH_UNAVAILABLE' },
    },
  ]);
  const traces = named('graphql.subscription.event').map(({ traceId }) => traceId);
  expect(new Set(traces).size).toBe(2);
  expect(named('fetch stock').map(({ traceId }) => traceId)).toEqual(traces);
});
