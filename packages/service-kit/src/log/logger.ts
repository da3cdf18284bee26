import { trace } from '@opentelemetry/api';
import { type DestinationStream, type LogFn, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { errorFields } from './error-fields.ts';
import { REDACTED, redactedPaths } from './redaction.ts';

export type Logger = PinoLogger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LoggerOptions {
  /** Value of `service` in each line. */
  service: string;
  /** Default `info`. */
  level?: LogLevel;
  /** Default: standard output. */
  destination?: DestinationStream;
}

/**
 * JSON lines with ISO 8601 times, the level by name, and the `trace_id` and `span_id` of the active span. Personal
 * data and secrets are replaced (see redaction.ts); errors go under `err` as `errorFields` gives them.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorFields(error) },
    redact: { paths: redactedPaths, censor: REDACTED },
    mixin: traceFields,
    hooks: { logMethod: withoutErrorMessage },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** Without a text of its own, pino would take the error's message for it, past `errorFields`. */
function withoutErrorMessage(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...text] = args as unknown as [unknown, ...string[]];
  const isError = first instanceof Error;
  if (isError || (typeof first === 'object' && first !== null && 'err' in first)) {
    method.call(this, isError ? { err: first } : first, ...(text.length === 0 ? ['error'] : (text as [string])));
  } else method.apply(this, args);
}

function traceFields(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
