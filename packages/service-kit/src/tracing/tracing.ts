import { context, type Span, type SpanOptions, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { z } from 'zod';
import { enableContextPropagation } from './context.ts';

export const tracingConfig = z
  .strictObject({
    /** Off: no SDK is loaded, no span is made; trace ids still go through logs, requests and events. */
    enabled: z.boolean().default(false),
    /** OTLP over HTTP; spans go to `<endpoint>/v1/traces`. */
    endpoint: z.url().default('http://127.0.0.1:4318'),
    /** Share of the traces that begin here which are recorded, 0 to 1. What the caller decided is kept. */
    sampleRatio: z.number().min(0).max(1).default(1),
  })
  .prefault({});

/** For one batch, with its retries: whoever stops the service waits for the last one. */
const EXPORT_TIMEOUT_MS = 3000;

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is still buffered; rejects, soon enough for a drain, when the collector does not take it. */
  shutdown(): Promise<void>;
}

/** A service's own tracer: several services may share one process, each with its own `service.name`. */
export async function createTracing(service: string, config: z.output<typeof tracingConfig>): Promise<Tracing> {
  enableContextPropagation();
  if (!config.enabled) return { tracer: trace.getTracer(service), shutdown: async () => {} };
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const url = `${config.endpoint.replace(/\/$/, '')}/v1/traces`;
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(config.sampleRatio) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }) }),
    ],
  });
  return { tracer: provider.getTracer(service), shutdown: () => provider.shutdown() };
}

/** Runs `work` in a new span, which ends with it and carries its failure (the error's type, never its message). */
export function inSpan<T>(tracer: Tracer, name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const span = tracer.startSpan(name, options);
  // Tracing is off: there is nothing to end, and nothing inside to tell apart from what is around.
  return span.spanContext() === trace.getSpanContext(context.active()) ? work() : inside(span, work);
}

async function inside<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
