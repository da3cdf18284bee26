import { randomFillSync } from 'node:crypto';
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

function newSpanContext(): SpanContext {
  const ids = randomHex(TRACE_ID_BYTES + SPAN_ID_BYTES);
  const traceId = ids.slice(0, 2 * TRACE_ID_BYTES);
  return { traceId, spanId: ids.slice(traceId.length), traceFlags: TraceFlags.NONE };
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** To ask for few random bytes takes as long as to ask for many. */
const random = Buffer.alloc(4080);
let used = random.length;

function randomHex(bytes: number): string {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytes;
  return random.toString('hex', used - bytes, used);
}
