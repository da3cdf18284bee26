import type { Operation } from '../operations.ts';

export interface RequestOptions {
  readonly port: number;
  readonly operation: Operation;
  readonly stamp?: number | undefined;
  readonly token?: string | undefined;
}

/** A request of a client as it goes over the wire. ASCII, so that its length is that of its bytes. */
export function requestText({ port, operation, stamp, token }: RequestOptions): string {
  const body = JSON.stringify({ query: operation.query, ...(stamp === undefined ? {} : { variables: { stamp } }) });
  return [
    'POST /graphql HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    'accept: application/json',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
