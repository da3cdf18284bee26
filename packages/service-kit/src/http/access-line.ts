import { type Context, context } from '@opentelemetry/api';
import type { CodedError } from '../errors/coded-error.ts';
import { errorFields } from '../log/error-fields.ts';
import type { Logger } from '../log/logger.ts';
import type { AccessFields } from '../log/operation-context.ts';
import { type OperationOutcome, operationOutcome, tellingCode } from '../metrics/operation-outcome.ts';

/** The status under which a request counts whose caller went away before the answer began. */
export const CLIENT_CLOSED_REQUEST = 499;

/** What a line says of a request, by whatever way it came (docs/logging.md). */
export interface AccessLine {
  /** `request`: it was answered or refused. The others: what was kept open since is over. */
  readonly message: 'request' | 'subscription ended' | 'connection ended';
  readonly requestId: string;
  readonly traceContext: Context;
  /** Of HTTP; `WS`: a message of a WebSocket. */
  readonly method: string;
  /** A pattern, never a path. */
  readonly route: string;
  /** Of HTTP; of a message, what it would have been. */
  readonly status: number;
  /** Without `outcome`, the status says it; without `transport`, it is `http`. */
  readonly fields: AccessFields;
  /** From its arrival to the first of its answer. */
  readonly durationMs?: number;
  /** From the first of its answer to its end, where more followed. */
  readonly openMs?: number | undefined;
}

/** At the level `warn` where something failed that is ours to answer for. */
export function writeAccessLine(log: Logger, line: AccessLine): void {
  const { message, requestId, method, route, status, fields, durationMs, openMs } = line;
  const outcome = fields.outcome ?? outcomeOfStatus(status);
  const told: AccessFields = {
    ...fields,
    request_id: requestId,
    method,
    route,
    status: String(status),
    outcome,
    transport: fields.transport ?? 'http',
    errors: fields.errors ?? 0,
  };
  if (durationMs !== undefined) told.duration_ms = tenths(durationMs);
  if (openMs !== undefined) told.open_ms = tenths(openMs);
  const level = outcome === 'success' || outcome === 'refused' ? 'info' : 'warn';
  context.with(line.traceContext, () => log[level](told, message));
}

/**
 * Puts into an access line what an operation came to.
 *
 * @param codes of its errors, known ones
 */
export function tellOutcome(fields: AccessFields, outcome: OperationOutcome, codes: readonly string[]): void {
  fields.outcome = outcome;
  fields.errors = codes.length;
  if (codes.length > 0) fields.code = tellingCode(codes);
}

/** The same of what was refused, or could not be answered at all. */
export function tellRefusal(fields: AccessFields, { code, cause }: CodedError): void {
  const codes = [code];
  tellOutcome(fields, operationOutcome(codes, false), codes);
  tellCause(fields, cause);
}

/** Why a token is refused, say: ERR_JWT_EXPIRED. The caller is told no more than the code. */
export function tellCause(fields: AccessFields, cause: unknown): void {
  fields.cause = errorFields(cause).code;
}

function outcomeOfStatus(status: number): OperationOutcome {
  if (status >= 500) return 'failure';
  return status >= 400 ? 'refused' : 'success';
}

const tenths = (ms: number) => Math.round(ms * 10) / 10;
