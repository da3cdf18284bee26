import { type Tracer, trace } from '@opentelemetry/api';
import { recordFailure } from '@tributary/service-kit';

/** service-kit's `inSpan` for work that does not wait, and that no further span is made in. */
export function inSyncSpan<T>(tracer: Tracer, name: string, work: () => T): T {
  if (trace.getActiveSpan()?.isRecording() === false) return work();
  const span = tracer.startSpan(name);
  try {
    return work();
  } catch (error) {
    recordFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
}
