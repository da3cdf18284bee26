import { errorCatalogue } from '@tributary/service-kit';
import type { RawError } from './read-answer.ts';

const PLAIN_CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
/** Of a server that hides nothing: its own errors, and those of Node, MySQL and SQLite, whose messages quote values. */
const INTERNAL_CODE = /^(?:INTERNAL(?:_|$)|DOWNSTREAM_SERVICE_ERROR$|ERR_|ER_|SQLITE_)/;
/** Refusals of the request that the gateway made, which is not the client's and none of its business. */
const BETWEEN_SERVICES = new Set([
  'CSRF_PREVENTED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'OPERATION_RESOLUTION_FAILURE',
  'SERVICE_IDENTITY_REQUIRED',
  'UNSUPPORTED_MEDIA_TYPE',
]);
const MAX_MESSAGE_LENGTH = 500;

/** What a client may see of a subgraph's error: a message that comes with a code was written for clients. */
export interface SafeError {
  readonly message: string;
  readonly code: string;
}

export function safeError(error: RawError): SafeError {
  const code = error.extensions?.code;
  if (typeof code !== 'string' || !PLAIN_CODE.test(code) || INTERNAL_CODE.test(code)) {
    return { message: errorCatalogue.INTERNAL_SERVER_ERROR.message, code: 'INTERNAL_SERVER_ERROR' };
  }
  if (BETWEEN_SERVICES.has(code)) {
    return { message: errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message, code: 'SUBGRAPH_RESPONSE_INVALID' };
  }
  return { message: typeof error.message === 'string' ? error.message.slice(0, MAX_MESSAGE_LENGTH) : code, code };
}
