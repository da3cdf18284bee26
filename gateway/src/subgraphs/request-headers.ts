import { currentTraceHeaders, DEADLINE_HEADER } from '@tributary/service-kit';
import type { FetchScope } from './fetch-scope.ts';

/** Everything that a subgraph is told beside the query. Nothing of the client's request goes on by itself. */
export function requestHeaders(
  scope: FetchScope,
  token: string | undefined,
  remainingMs: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-request-id': scope.requestId,
    [DEADLINE_HEADER]: String(remainingMs),
  };
  if (scope.traceparent !== undefined) headers.traceparent = scope.traceparent;
  Object.assign(headers, currentTraceHeaders());
  if (scope.canary !== undefined) headers.canary = scope.canary;
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  return headers;
}
