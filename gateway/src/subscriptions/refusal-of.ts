import { CodedError, type ErrorCode } from '@tributary/service-kit';
import type { RawError } from '../subgraphs/read-answer.ts';
import { safeError } from '../subgraphs/safe-error.ts';

/** What a subgraph may say of what the caller may not have. */
const REFUSALS: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT'];

/** What a subgraph's errors in the place of a subscription come to. Its own words are about a question of the gateway's. */
export function refusalOf(errors: readonly RawError[]): CodedError {
  const codes = errors.map((error) => safeError(error).code);
  return new CodedError(REFUSALS.find((code) => codes.includes(code)) ?? 'SUBSCRIPTION_UNAVAILABLE');
}
