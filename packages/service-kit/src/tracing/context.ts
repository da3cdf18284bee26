import { randomBytes } from 'node:crypto';
import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent } from '@opentelemetry/core';

let enabled = false;

/** Lets the active span follow awaits in this process. Safe to call again. */
export function enableContextPropagation(): void {
  if (enabled) return;
  enabled = context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/**
 * Starts the first span of this process for work that arrived from outside, as a child of its `traceparent` (W3C
 * Trace Context). Without a valid one a new trace begins; also while tracing is off, when nothing is recorded but log
 * lines, further requests and events still carry the trace's id.
 */
export function startEntrySpan(
  tracer: Tracer,
  name: string,
  traceparent: string | undefined,
  options: SpanOptions,
): Context {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent);
  const parentContext =
    parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true });
  const span = tracer.startSpan(name, options, parentContext);
  const traced = isSpanContextValid(span.spanContext()) ? span : trace.wrapSpanContext(newSpanContext());
  return trace.setSpan(parentContext, traced);
}

/** The `traceparent` to hand on from here, or undefined outside of any trace. */
export function currentTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (span === undefined) return undefined;
  const sampled = (span.traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
  return `00-${span.traceId}-${span.spanId}-${sampled}`;
}

const newSpanContext = (): SpanContext => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  traceFlags: TraceFlags.NONE,
});
