import { STATUS_CODES } from 'node:http';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** One cause of a problem. */
export interface ProblemError {
  readonly message: string;
  readonly code?: string;
  /** Where in the answer, or in the request (`query.limit`). */
  readonly path?: string;
}

/** Problem Details for HTTP APIs (RFC 9457). `type` is left out, which is `about:blank`: the code says more than it. */
export interface Problem {
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Of the catalogue of errors, or a typed error's own. */
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly ProblemError[];
}

/** @param errors all causes, where they say more than `detail`. Default: none */
export function problem(
  status: number,
  code: string,
  detail: string,
  requestId: string,
  errors: readonly ProblemError[] = [],
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { title, status, detail, code, requestId, ...(errors.length === 0 ? {} : { errors }) };
}
