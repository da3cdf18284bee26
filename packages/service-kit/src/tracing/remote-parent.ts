import type { IncomingHttpHeaders } from 'node:http';
import { ROOT_CONTEXT, type SpanContext, type TextMapGetter, trace } from '@opentelemetry/api';
import { parseTraceParent, TraceState } from '@opentelemetry/core';
import { B3Propagator } from '@opentelemetry/propagator-b3';

const b3 = new B3Propagator();
const getter: TextMapGetter<IncomingHttpHeaders> = {
  get: (headers, name) => headers[name],
  keys: (headers) => Object.keys(headers),
};
/** B3's reader takes capitals too, which no `traceparent` may have. */
const LOWER_CASE = /^[\da-f]+$/;

/**
 * The caller's span, as its headers name it: W3C Trace Context with its `tracestate`, else B3 (one header `b3`, or
 * several `x-b3-…`), which older meshes send. B3 without a decision about sampling counts as one against it.
 */
export function remoteParentOf(headers: IncomingHttpHeaders): SpanContext | undefined {
  const { traceparent, tracestate } = headers;
  const parent = typeof traceparent === 'string' ? parentFrom(traceparent) : undefined;
  if (parent === undefined) return b3ParentOf(headers);
  return typeof tracestate === 'string' ? { ...parent, traceState: new TraceState(tracestate) } : parent;
}

/** The span that a `traceparent` names; undefined for what is none. */
export function parentFrom(traceparent: string): SpanContext | undefined {
  const parsed = parseTraceParent(traceparent);
  return parsed === null ? undefined : { ...parsed, isRemote: true };
}

function b3ParentOf(headers: IncomingHttpHeaders): SpanContext | undefined {
  if (headers.b3 === undefined && headers['x-b3-traceid'] === undefined) return undefined;
  const parent = trace.getSpanContext(b3.extract(ROOT_CONTEXT, headers, getter));
  return parent !== undefined && LOWER_CASE.test(parent.traceId + parent.spanId) ? parent : undefined;
}
