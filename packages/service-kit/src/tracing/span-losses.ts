import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** Further losses are told together, so long after the last line about some. */
const QUIET_MS = 60_000;

export interface SpanLossParts {
  log: Logger;
  metrics: Metrics;
}

/**
 * Counts the spans that are lost on their way from a service to its collector, and says so in a line a minute: OpenTelemetry
 * itself says nothing. It stands before the processor that keeps spans for a while, and behind it, before the exporter.
 *
 * @param room how many spans the processor keeps
 */
export function spanLosses({ log, metrics }: SpanLossParts, room: number) {
  const lost = {
    export: metrics.counter('trace_spans_lost_total', { reason: 'export' }),
    queue: metrics.counter('trace_spans_lost_total', { reason: 'queue' }),
  };
  /** What the processor keeps. */
  let kept = 0;
  let untold = 0;
  let toldMs = Number.NEGATIVE_INFINITY;

  function lose(reason: keyof typeof lost, spans: number, err?: Error): void {
    lost[reason].inc(spans);
    untold += spans;
    const nowMs = performance.now();
    if (nowMs - toldMs < QUIET_MS) return;
    log.warn({ spans: untold, reason, ...(err === undefined ? {} : { err }) }, 'spans were lost');
    toldMs = nowMs;
    untold = 0;
  }

  return {
    exporter: (inner: SpanExporter): SpanExporter => ({
      export(spans, done) {
        kept -= spans.length;
        inner.export(spans, (result) => {
          if (result.code !== ExportResultCode.SUCCESS) lose('export', spans.length, result.error);
          done(result);
        });
      },
      shutdown: () => inner.shutdown(),
    }),
    processor: (inner: SpanProcessor): SpanProcessor => ({
      onStart: (span: Span, parent) => inner.onStart(span, parent),
      onEnd(span: ReadableSpan) {
        if (kept >= room) return lose('queue', 1);
        kept++;
        inner.onEnd(span);
      },
      forceFlush: () => inner.forceFlush(),
      shutdown: () => inner.shutdown(),
    }),
  };
}
