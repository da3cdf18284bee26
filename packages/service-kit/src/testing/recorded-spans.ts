import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { enableContextPropagation } from '../tracing/context.ts';
import type { CollectedSpan } from './trace-collector.ts';

export interface RecordedSpans {
  /** Records everything. */
  readonly tracer: Tracer;
  /** What has ended since it was asked last. */
  take(): CollectedSpan[];
}

/** A tracer whose spans stay in this process. */
export function recordSpans(service = 'test'): RecordedSpans {
  enableContextPropagation();
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return {
    tracer: provider.getTracer(service),
    take() {
      const spans = exporter.getFinishedSpans().map((span) => spanOf(service, span));
      exporter.reset();
      return spans;
    },
  };
}

const spanOf = (service: string, span: ReadableSpan): CollectedSpan => ({
  service,
  name: span.name,
  kind: SpanKind[span.kind] as CollectedSpan['kind'],
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parentSpanId: span.parentSpanContext?.spanId,
  hasFailed: span.status.code === SpanStatusCode.ERROR,
  attributes: span.attributes,
  links: span.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId })),
  events: span.events.map(({ name }) => name),
  startMs: span.startTime[0] * 1000 + span.startTime[1] / 1e6,
  endMs: span.endTime[0] * 1000 + span.endTime[1] / 1e6,
});
