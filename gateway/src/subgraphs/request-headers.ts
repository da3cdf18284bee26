import { currentTraceHeaders, DEADLINE_HEADER, operationBaggage } from '@tributary/service-kit';
import type { FetchScope } from './fetch-scope.ts';

/**
 * Everything that a subgraph is told beside the query. Nothing of the client's request goes on by itself.
 *
 * @param namesOperation whether it is told whose operation it works for, in `baggage`
 */
export function requestHeaders(
  scope: FetchScope,
  token: string | undefined,
  remainingMs: number,
  namesOperation: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-request-id': scope.requestId,
    [DEADLINE_HEADER]: String(remainingMs),
  };
  if (scope.traceparent !== undefined) headers.traceparent = scope.traceparent;
  Object.assign(headers, currentTraceHeaders());
  const names = namesOperation ? operationBaggage() : undefined;
  if (names !== undefined) headers.baggage = headers.baggage === undefined ? names : `${names},${headers.baggage}`;
  if (scope.canary !== undefined) headers.canary = scope.canary;
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  return headers;
}
