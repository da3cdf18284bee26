import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/**
 * Asks `tracer`, which records everything, only for what is recorded: children of what is, and of the traces that begin
 * here a share, drawn by lot. The SDK's own samplers decide the same, but only once the span's id, clock and attributes
 * are made: some 3 % of the gateway's CPU time for nothing.
 */
export function headSampled(tracer: Tracer, ratio: number): Tracer {
  const startSpan = (name: string, options?: SpanOptions, parentContext: Context = context.active()) => {
    const around = trace.getSpan(parentContext);
    if (around?.isRecording()) return tracer.startSpan(name, options, parentContext);
    const parent = around?.spanContext() ?? INVALID_SPAN_CONTEXT;
    const hasParent = isSpanContextValid(parent);
    const isRecorded = hasParent ? (parent.traceFlags & TraceFlags.SAMPLED) !== 0 : Math.random() < ratio;
    return isRecorded ? tracer.startSpan(name, options, parentContext) : trace.wrapSpanContext(parent);
  };
  return { startSpan, startActiveSpan: tracer.startActiveSpan.bind(tracer) };
}
