import { context, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CodedError } from '../errors/coded-error.ts';
import { silentParts } from '../testing/silent-parts.ts';
import { startTraceCollector, type TraceCollector } from '../testing/trace-collector.ts';
import { currentTraceparent, startEntrySpan } from './context.ts';
import { createTracing, inChildSpan, inEntrySpan, inSpan, tracingConfig } from './tracing.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';

let collector: TraceCollector;
let endpoint: string;
let spans: TraceCollector['spans'];

beforeAll(async () => {
  collector = await startTraceCollector();
  ({ endpoint, spans } = collector);
});
afterAll(() => collector.close());
beforeEach(() => {
  spans.length = 0;
});

const tracingTo = (settings: { endpoint: string; sampleRatio?: number }, service = 'orders', parts = silentParts()) =>
  createTracing(service, tracingConfig.parse({ enabled: true, ...settings }), parts);

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
  expect(spans[0]?.parentSpanId).toBeUndefined();
});

test('a failure is told by its type, never by its message', async () => {
  const { tracer, shutdown } = await tracingTo({ endpoint });
  const failing = inSpan(tracer, 'query', {}, () => Promise.reject(new TypeError('canary')));
  await expect(failing).rejects.toThrow('canary');
  await shutdown();
  expect(spans[0]).toMatchObject({ hasFailed: true, attributes: { 'error.type': 'TypeError' } });
  expect(JSON.stringify(spans)).not.toContain('canary');
});

test.each([
  ['what the caller is to blame for', new CodedError('BAD_REQUEST'), 'BAD_REQUEST', false],
  ['several of them', new AggregateError([new CodedError('FORBIDDEN')]), 'FORBIDDEN', false],
  ['what we are', new CodedError('SERVICE_UNAVAILABLE'), 'SERVICE_UNAVAILABLE', true],
])('%s is named by its code', async (_, error, type, hasFailed) => {
  const { tracer, shutdown } = await tracingTo({ endpoint });
  await inSpan(tracer, 'query', {}, () => Promise.reject(error)).catch(() => {});
  await shutdown();
  expect(spans).toMatchObject([{ hasFailed, attributes: { 'error.type': type } }]);
});

test('inside of what is not recorded there are no spans', async () => {
  const { tracer, shutdown } = await tracingTo({ endpoint });
  const seen: unknown[] = [];
  await inEntrySpan(tracer, 'entry', `00-${TRACE_ID}-${PARENT_ID}-00`, {}, async () => {
    const look = async () => void seen.push(trace.getActiveSpan());
    await look();
    await inSpan(tracer, 'query', {}, () => inChildSpan('statement', {}, look));
  });
  expect(seen[0]).toBeDefined();
  expect(seen[1]).toBe(seen[0]);
  await shutdown();
  expect(spans).toEqual([]);
});

test('what lies deeper has spans of the service whose work it is, and none outside of it', async () => {
  const both = await Promise.all([tracingTo({ endpoint }, 'orders'), tracingTo({ endpoint }, 'users')]);
  const deep = () => inChildSpan('deep', {}, async () => {});
  for (const { tracer } of both) await inEntrySpan(tracer, 'entry', undefined, {}, deep);
  await deep();
  await Promise.all(both.map(({ shutdown }) => shutdown()));
  expect(spans.map(({ service, name }) => `${service} ${name}`).sort()).toEqual([
    'orders deep',
    'orders entry',
    'users deep',
    'users entry',
  ]);
});

test('services of one process have tracers of their own', async () => {
  const both = await Promise.all([tracingTo({ endpoint }, 'orders'), tracingTo({ endpoint }, 'users')]);
  for (const { tracer } of both) tracer.startSpan('x').end();
  await Promise.all(both.map(({ shutdown }) => shutdown()));
  expect(spans.map(({ service }) => service).sort()).toEqual(['orders', 'users']);
});

test('a collector that is away holds nobody up for long, and what it does not get is counted', async () => {
  const parts = silentParts();
  const { tracer, shutdown } = await tracingTo({ endpoint: 'http://127.0.0.1:9' }, 'orders', parts);
  tracer.startSpan('lost').end();
  const startedMs = performance.now();
  await expect(shutdown()).rejects.toThrow('ECONNREFUSED');
  expect(performance.now() - startedMs).toBeLessThan(6500);
  expect(await parts.metrics.scrape()).toMatch(/trace_spans_lost_total\{.*reason="export".*\} 1\n/);
});
