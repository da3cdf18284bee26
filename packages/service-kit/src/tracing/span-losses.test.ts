import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { spanLosses } from './span-losses.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A tracer whose spans go to `export`, ten of which are kept at most. */
function tracedTo(export_: SpanExporter['export']) {
  const lines: string[] = [];
  const metrics = createMetrics({ service: 'test', processMetrics: false });
  const log = createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } });
  const losses = spanLosses({ log, metrics }, 10);
  const exporter = losses.exporter({ export: export_, shutdown: async () => {} });
  const processor = new BatchSpanProcessor({ exporter, maxQueueSize: 10, maxExportBatchSize: 10 });
  const provider = new TracerProvider({ spanProcessors: [losses.processor(processor)] });
  return {
    flush: () => provider.forceFlush(),
    end(spans: number) {
      for (let count = 0; count < spans; count++) provider.getTracer('test').startSpan('x').end();
    },
    lines: () => lines.map((line) => JSON.parse(line)),
    lost: async () => {
      const found = (await metrics.scrape()).matchAll(/^trace_spans_lost_total\{.*reason="(\w+)".*\} (\d+)$/gm);
      return Object.fromEntries(Array.from(found, ([, reason, count]) => [reason, Number(count)]));
    },
  };
}

test('what a collector does not take is counted, and told in one line a minute', async () => {
  const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const traced = tracedTo((_, done) => done({ code: ExportResultCode.FAILED, error }));
  expect(await traced.lost()).toEqual({ export: 0, queue: 0 });
  for (let batch = 0; batch < 3; batch++) {
    traced.end(4);
    await traced.flush().catch(() => {});
  }
  expect(await traced.lost()).toEqual({ export: 12, queue: 0 });
  expect(traced.lines()).toMatchObject([
    { level: 'warn', message: 'spans were lost', spans: 4, reason: 'export', err: { code: 'ECONNREFUSED' } },
  ]);
  vi.advanceTimersByTime(60_000);
  traced.end(1);
  await traced.flush().catch(() => {});
  expect(traced.lines().slice(1)).toMatchObject([{ spans: 9, reason: 'export' }]);
});

test('what there is no room for is counted too', async () => {
  const underWay: Parameters<SpanExporter['export']>[1][] = [];
  const traced = tracedTo((_, done) => void underWay.push(done));
  // The first ten are on their way, ten more wait.
  traced.end(23);
  expect(await traced.lost()).toEqual({ export: 0, queue: 3 });
  expect(traced.lines()).toMatchObject([{ spans: 1, reason: 'queue' }]);
  underWay.shift()?.({ code: ExportResultCode.SUCCESS });
  const flushed = traced.flush();
  expect(underWay).toHaveLength(1);
  // There is room again.
  traced.end(10);
  underWay.shift()?.({ code: ExportResultCode.SUCCESS });
  await flushed;
  expect(await traced.lost()).toEqual({ export: 0, queue: 3 });
});

test('of what arrives nothing is said', async () => {
  const traced = tracedTo((_, done) => done({ code: ExportResultCode.SUCCESS }));
  for (let batch = 0; batch < 5; batch++) {
    traced.end(8);
    await traced.flush();
  }
  expect(await traced.lost()).toEqual({ export: 0, queue: 0 });
  expect(traced.lines()).toEqual([]);
});
