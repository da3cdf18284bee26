import { context, trace } from '@opentelemetry/api';
import { type DestinationStream, type LogFn, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './log-level.ts';
import { type AccessFields, currentOperation, OPERATION_FIELDS } from './operation-context.ts';
import { redacted } from './redaction.ts';

export type Logger = PinoLogger;

export interface LoggerOptions {
  /** Value of `service` in each line. */
  service: string;
  /** Default `info`. */
  level?: LogLevel;
  /** Default: standard output. */
  destination?: DestinationStream;
}

/**
 * JSON lines with ISO 8601 times, the level by name, the `trace_id` and `span_id` of the active span, and whose operation
 * it is (see operation-context.ts). Personal data and secrets are replaced, and errors reduced to what may be shown (see
 * redaction.ts).
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    // pino's own would take what `redacted` has made of an error for an object.
    serializers: { err: (fields: unknown) => fields },
    formatters: { level: (label: string) => ({ level: label }), log: (fields: object) => redacted(fields) },
    mixin: contextFields,
    hooks: { logMethod: withoutErrorMessage },
  };
  return withRedactedChildren(options.destination === undefined ? pino(settings) : pino(settings, options.destination));
}

/** pino gives what children carry to no formatter of their parent. */
function withRedactedChildren(log: Logger): Logger {
  const { child } = log;
  log.child = function (this: Logger, ...[fields, ...options]: Parameters<Logger['child']>) {
    return Reflect.apply(child, this, [redacted(fields), ...options]);
  } as Logger['child'];
  return log;
}

/** Without a text of its own, pino would take the error's message for it, past `errorFields`. */
function withoutErrorMessage(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...text] = args as unknown as [unknown, ...string[]];
  const isError = first instanceof Error;
  if (isError || (typeof first === 'object' && first !== null && 'err' in first)) {
    method.call(this, isError ? { err: first } : first, ...(text.length === 0 ? ['error'] : (text as [string])));
  } else method.apply(this, args);
}

function contextFields(): AccessFields {
  const active = context.active();
  const span = trace.getSpanContext(active);
  const told: AccessFields = span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
  const operation = currentOperation(active);
  if (operation === undefined) return told;
  told.request_id = operation.requestId;
  for (const name of OPERATION_FIELDS) {
    const value = operation.fields[name];
    if (value !== undefined) told[name] = value;
  }
  return told;
}
