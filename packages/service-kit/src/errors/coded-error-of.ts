import { CodedError } from './coded-error.ts';

/**
 * The coded error that an error is, or that a statement failed with: what Drizzle wraps it in quotes the statement and must
 * not be shown.
 */
export function codedErrorOf(error: unknown): CodedError | undefined {
  if (error instanceof CodedError) return error;
  const isOfStatement = error instanceof Error && 'query' in error && 'params' in error;
  return isOfStatement ? codedErrorOf(error.cause) : undefined;
}
