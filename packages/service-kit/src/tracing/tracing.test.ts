import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { currentTraceparent, startEntrySpan } from './context.ts';
import { createTracing, inSpan, tracingConfig } from './tracing.ts';

interface ExportedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  service: string;
  status: { code?: number; message?: string };
  attributes: { key: string; value: { stringValue?: string } }[];
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';

let collector: Server;
let endpoint: string;
let spans: ExportedSpan[] = [];

/** As much of an OpenTelemetry Collector as takes spans in: OTLP over HTTP, in JSON. */
beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    expect(request.url).toBe('/v1/traces');
    for (const resource of JSON.parse(Buffer.concat(chunks).toString()).resourceSpans) {
      const service = resource.resource.attributes.find(({ key }: { key: string }) => key === 'service.name');
      for (const scope of resource.scopeSpans) {
        spans.push(...scope.spans.map((span: ExportedSpan) => ({ ...span, service: service.value.stringValue })));
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterAll(() => collector.close());
beforeEach(() => {
  spans = [];
});

const tracingTo = (settings: { endpoint: string; sampleRatio?: number }, service = 'orders') =>
  createTracing(service, tracingConfig.parse({ enabled: true, ...settings }));

test("spans reach the collector as children of the caller's, under their service's name", async () => {
  const { tracer, shutdown } = await tracingTo({ endpoint: `${endpoint}/` });
  const entry = startEntrySpan(tracer, 'POST /graphql', `00-${TRACE_ID}-${PARENT_ID}-01`, {});
  const handedOn = await context.with(entry, () => inSpan(tracer, 'query', {}, async () => currentTraceparent()));
  trace.getSpan(entry)?.end();
  await shutdown();
  const [query, post] = spans;
  expect(post).toMatchObject({ name: 'POST /graphql', traceId: TRACE_ID, parentSpanId: PARENT_ID, service: 'orders' });
  expect(query).toMatchObject({ name: 'query', traceId: TRACE_ID, parentSpanId: post?.spanId });
  expect(handedOn).toBe(`00-${TRACE_ID}-${query?.spanId}-01`);
});

test('what the caller decided about sampling is kept, whatever the ratio here', async () => {
  const all = await tracingTo({ endpoint });
  const none = await tracingTo({ endpoint, sampleRatio: 0 });
  const run = (tracer: typeof all.tracer, traceparent: string | undefined) => {
    const entry = startEntrySpan(tracer, 'entry', traceparent, {});
    trace.getSpan(entry)?.end();
    return context.with(entry, currentTraceparent);
  };
  expect(run(all.tracer, `00-${TRACE_ID}-${PARENT_ID}-00`)).toMatch(new RegExp(`^00-${TRACE_ID}-[\\da-f]{16}-00$`));
  expect(run(none.tracer, undefined)).toMatch(/-00$/);
  expect(run(none.tracer, `00-${TRACE_ID}-${PARENT_ID}-01`)).toMatch(new RegExp(`^00-${TRACE_ID}-[\\da-f]{16}-01$`));
  await Promise.all([all.shutdown(), none.shutdown()]);
  expect(spans.map(({ traceId }) => traceId)).toEqual([TRACE_ID]);
});

test('a malformed traceparent begins a trace of its own', async () => {
  const { tracer, shutdown } = await tracingTo({ endpoint });
  trace.getSpan(startEntrySpan(tracer, 'entry', `00-${TRACE_ID}-${'0'.repeat(16)}-01`, {}))?.end();
  await shutdown();
  expect(spans).toHaveLength(1);
  expect(spans[0]?.traceId).not.toBe(TRACE_ID);
  expect(spans[0]?.parentSpanId ?? '').toBe('');
});

test('a failure is told by its type, never by its message', async () => {
  const { tracer, shutdown } = await tracingTo({ endpoint });
  const failing = inSpan(tracer, 'query', {}, () => Promise.reject(new TypeError('canary')));
  await expect(failing).rejects.toThrow('canary');
  await shutdown();
  expect(spans[0]?.status.code).toBe(2);
  expect(spans[0]?.attributes).toEqual([{ key: 'error.type', value: { stringValue: 'TypeError' } }]);
  expect(JSON.stringify(spans)).not.toContain('canary');
});

test('services of one process have tracers of their own', async () => {
  const both = await Promise.all([tracingTo({ endpoint }, 'orders'), tracingTo({ endpoint }, 'users')]);
  for (const { tracer } of both) tracer.startSpan('x').end();
  await Promise.all(both.map(({ shutdown }) => shutdown()));
  expect(spans.map(({ service }) => service).sort()).toEqual(['orders', 'users']);
});

test('a collector that is away holds nobody up for long', async () => {
  const { tracer, shutdown } = await tracingTo({ endpoint: 'http://127.0.0.1:9' });
  tracer.startSpan('lost').end();
  const startedMs = performance.now();
  await expect(shutdown()).rejects.toThrow('ECONNREFUSED');
  expect(performance.now() - startedMs).toBeLessThan(6500);
});
