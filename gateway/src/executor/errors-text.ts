import type { ClientError } from './projection-run.ts';

/** Errors as a client reads them: JSON text of an array. */
export const errorsText = (errors: readonly ClientError[], requestId: string): string =>
  JSON.stringify(errors.map(({ message, path, code }) => ({ message, path, extensions: { code, requestId } })));
