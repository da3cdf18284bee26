import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { CodedError } from '../errors/coded-error.ts';
import { isOurs } from '../metrics/operation-outcome.ts';

/**
 * Says on a span that its work failed: by the catalogue's code, or by the error's name, never by a message. What the
 * caller is to blame for leaves the span's status as it is, as OpenTelemetry has it for HTTP servers: a collector that
 * keeps traces with errors would otherwise keep whatever strangers send.
 *
 * @param type says more than the error's name, and is one of few
 */
export function recordFailure(span: Span, failure: unknown, type?: string): void {
  const error = failure instanceof AggregateError && failure.errors.length > 0 ? failure.errors[0] : failure;
  span.setAttribute('error.type', type ?? typeOf(error));
  if (!(error instanceof CodedError && error.status < 500)) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The same of an answer with errors. @param code that says most of them, a known one */
export function recordCode(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  if (isOurs(code)) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The same on the active span, for work that handles its failure itself. */
export function recordActiveFailure(error: unknown, type?: string): void {
  const span = trace.getActiveSpan();
  if (span !== undefined) recordFailure(span, error, type);
}

function typeOf(error: unknown): string {
  if (error instanceof CodedError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
