import {
  type Context,
  context,
  createContextKey,
  isSpanContextValid,
  type Link,
  type SpanContext,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { randomBytesFor } from '../http/random-bytes.ts';
import { baggageHeader } from './baggage.ts';
import { EMPTY_CONTEXT } from './plain-context.ts';
import { parentFrom } from './remote-parent.ts';

let enabled = false;
const TRACER = createContextKey('the tracer of the entry span');

/** Lets the active span follow awaits in this process. Safe to call again. */
export function enableContextPropagation(): void {
  if (enabled) return;
  enabled = context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/**
 * Starts the first span of this process for work that arrived from outside, as a child of `parent`: a `traceparent` (W3C
 * Trace Context), or what `remoteParentOf` made of a request. Without a valid one a new trace begins; also while tracing
 * is off, when nothing is recorded but log lines, further requests and events still carry the trace's id.
 */
export function startEntrySpan(
  tracer: Tracer,
  name: string,
  parent: string | SpanContext | undefined,
  options: SpanOptions,
): Context {
  const remote = typeof parent === 'string' ? parentFrom(parent) : parent;
  const parentContext = remote === undefined ? EMPTY_CONTEXT : trace.setSpanContext(EMPTY_CONTEXT, remote);
  const span = tracer.startSpan(name, options, parentContext);
  const traced = isSpanContextValid(span.spanContext()) ? span : trace.wrapSpanContext(newSpanContext());
  return trace.setSpan(parentContext, traced).setValue(TRACER, tracer);
}

/** The tracer of the entry span that the active work belongs to; undefined outside of any. */
export const activeTracer = (): Tracer | undefined => context.active().getValue(TRACER) as Tracer | undefined;

/** A link to the span that a `traceparent` names. */
export function linksTo(traceparent: string | undefined): Link[] {
  const linked = traceparent === undefined ? undefined : parentFrom(traceparent);
  return linked === undefined ? [] : [{ context: linked }];
}

/** Links the active span to what it goes on with, where that is in another trace. */
export function linkActiveSpan(traceparent: string | null): void {
  const span = trace.getActiveSpan();
  for (const link of linksTo(traceparent ?? undefined)) {
    if (link.context.traceId !== span?.spanContext().traceId) span?.addLink(link);
  }
}

/** The `traceparent` to hand on from here, or undefined outside of any trace. */
export function currentTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  return span && traceparentOf(span);
}

/** The headers by which a service of our own takes part in the trace: `traceparent`, `tracestate` and `baggage`. */
export function currentTraceHeaders(): Record<string, string> {
  const active = context.active();
  const span = trace.getSpanContext(active);
  if (span === undefined) return {};
  const headers: Record<string, string> = { traceparent: traceparentOf(span) };
  const tracestate = span.traceState?.serialize();
  if (tracestate) headers.tracestate = tracestate;
  const baggage = baggageHeader(active);
  if (baggage !== undefined) headers.baggage = baggage;
  return headers;
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  const sampled = (traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
  return `00-${traceId}-${spanId}-${sampled}`;
}

function newSpanContext(): SpanContext {
  const ids = randomBytesFor(TRACE_ID_BYTES + SPAN_ID_BYTES).toString('hex');
  const traceId = ids.slice(0, 2 * TRACE_ID_BYTES);
  return { traceId, spanId: ids.slice(traceId.length), traceFlags: TraceFlags.NONE };
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
