import { CodedError } from '../errors/coded-error.ts';
import { DomainError } from '../errors/domain-error.ts';
import { SdlImportError } from '../sdl/sdl-import-error.ts';

/** What a log line says of an error. */
export interface ErrorFields {
  type: string;
  code?: string | undefined;
  message?: string;
  stack?: string[];
  cause?: ErrorFields | undefined;
}

const MAX_CAUSES = 5;

/**
 * An error as a log line may show it: type, code, where it was thrown, and its causes. The message is kept only for
 * errors of ours and of the runtime. Everything that comes from a database (`DrizzleQueryError`, `DatabaseError`, …)
 * quotes SQL and parameters in its message, so of these the SQLSTATE in `code` is all that is kept.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    ...(typeof code === 'string' ? { code: typeof constraint === 'string' ? `${code} ${constraint}` : code } : {}),
    ...(mayBeShown(error) ? { message: error.message } : {}),
    stack: stackFrames(error),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: errorFields(error.cause, depth + 1) } : {}),
  };
}

const RUNTIME_ERRORS: readonly unknown[] = [Error, TypeError, RangeError, ReferenceError, AggregateError];

function mayBeShown(error: Error): boolean {
  if ([CodedError, DomainError, SdlImportError].some((ours) => error instanceof ours)) return true;
  const fromDatabase = 'severity' in error || 'query' in error;
  return RUNTIME_ERRORS.includes(error.constructor) && !fromDatabase;
}

/** Frames only. A stack begins with the message, of which a line may look like a frame; without it, nothing is sure. */
function stackFrames({ stack = '', message }: Error): string[] {
  const messageAt = stack.indexOf(message);
  if (messageAt === -1) return [];
  const lines = stack.slice(messageAt + message.length).split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 8);
}
