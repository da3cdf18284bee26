import { SpanStatusCode, type Tracer } from '@opentelemetry/api';

/** service-kit's `inSpan` for work that does not wait, and that no further span is made in. */
export function inSyncSpan<T>(tracer: Tracer, name: string, work: () => T): T {
  const span = tracer.startSpan(name);
  try {
    return work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
