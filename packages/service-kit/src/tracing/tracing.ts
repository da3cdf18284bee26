import {
  type Context,
  context,
  isSpanContextValid,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { z } from 'zod';
import { duration } from '../config/units.ts';
import { activeTracer, enableContextPropagation, startEntrySpan } from './context.ts';
import { headSampled } from './head-sampling.ts';
import { recordFailure } from './span-failure.ts';
import { type SpanLossParts, spanLosses } from './span-losses.ts';

export const tracingConfig = z
  .strictObject({
    /** Off: no SDK is loaded, no span is made; trace ids still go through logs, requests and events. */
    enabled: z.boolean().default(false),
    /** OTLP over HTTP; spans go to `<endpoint>/v1/traces`. */
    endpoint: z.url().default('http://127.0.0.1:4318'),
    /** How long a span waits for others to be sent with it. Default 5 s. */
    exportInterval: duration().prefault('5s'),
    /** Share of the traces that begin here which are recorded, 0 to 1. What the caller decided is kept. */
    sampleRatio: z.number().min(0).max(1).default(1),
    /** Names of the entries of a request's `baggage` that are handed on; all others end here. Default none. */
    baggage: z.array(z.string().min(1)).default([]),
  })
  .prefault({});

/** What waits to be sent: some seconds of a busy service. */
const MAX_KEPT_SPANS = 2048;
/** For one batch, with its retries: whoever stops the service waits for the last one. */
const EXPORT_TIMEOUT_MS = 3000;

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is still buffered; rejects, soon enough for a drain, when the collector does not take it. */
  shutdown(): Promise<void>;
}

/**
 * A service's own tracer: several services may share one process, each with its own `service.name`.
 *
 * @param observability hears of spans that are lost
 */
export async function createTracing(
  service: string,
  config: z.output<typeof tracingConfig>,
  observability: SpanLossParts,
): Promise<Tracing> {
  enableContextPropagation();
  if (!config.enabled) return { tracer: trace.getTracer(service), shutdown: async () => {} };
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const url = `${config.endpoint.replace(/\/$/, '')}/v1/traces`;
  const losses = spanLosses(observability, MAX_KEPT_SPANS);
  const processor = new sdk.BatchSpanProcessor({
    exporter: losses.exporter(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS })),
    scheduledDelayMillis: config.exportInterval,
    maxQueueSize: MAX_KEPT_SPANS,
  });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [losses.processor(processor)],
  });
  return { tracer: headSampled(provider.getTracer(service), config.sampleRatio), shutdown: () => provider.shutdown() };
}

/** A failure's `error.type`; undefined: what `recordFailure` makes of it. */
export type FailureType = (error: unknown) => string | undefined;

/**
 * Runs `work` in a new span, which ends with it and carries its failure. There is none inside of what is not recorded,
 * and while tracing is off.
 */
export function inSpan<T>(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  work: () => Promise<T>,
  typeOf?: FailureType,
): Promise<T> {
  const around = trace.getActiveSpan();
  if (around !== undefined && !around.isRecording()) return work();
  const span = tracer.startSpan(name, options);
  if (span.isRecording()) return inside(span, work, typeOf);
  const made = span.spanContext();
  return made === around?.spanContext() || !isSpanContextValid(made) ? work() : inside(span, work, typeOf);
}

/** The same by the tracer of the entry span that this belongs to; outside of any, `work` runs without a span. */
export function inChildSpan<T>(
  name: string,
  options: SpanOptions,
  work: () => Promise<T>,
  typeOf?: FailureType,
): Promise<T> {
  const tracer = activeTracer();
  return tracer === undefined ? work() : inSpan(tracer, name, options, work, typeOf);
}

/**
 * Runs work that arrived from outside in its first span; see `startEntrySpan`.
 *
 * @param traceparent of whoever caused it
 */
export function inEntrySpan<T>(
  tracer: Tracer,
  name: string,
  traceparent: string | undefined,
  options: SpanOptions,
  work: () => Promise<T>,
): Promise<T> {
  const entry = startEntrySpan(tracer, name, traceparent, options);
  return within(entry, trace.getSpan(entry) as Span, work);
}

const inside = <T>(span: Span, work: () => Promise<T>, typeOf?: FailureType): Promise<T> =>
  within(trace.setSpan(context.active(), span), span, work, typeOf);

async function within<T>(active: Context, span: Span, work: () => Promise<T>, typeOf?: FailureType): Promise<T> {
  try {
    return await context.with(active, work);
  } catch (error) {
    recordFailure(span, error, typeOf?.(error));
    throw error;
  } finally {
    span.end();
  }
}
