import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** What steps read of the request that an operation came with. One that came by a WebSocket message has one, too. */
export interface OperationRequest
  extends Pick<
    FastifyRequest,
    'id' | 'method' | 'route' | 'headers' | 'host' | 'params' | 'query' | 'accessFields' | 'traceContext'
  > {
  /** The HTTP request: of a message, the one that has opened its connection. */
  readonly raw: Pick<IncomingMessage, 'headers' | 'socket' | 'url'>;
  /** What its address was charged before its body was read; undefined where nothing was. */
  addressCharged?: FastifyRequest['addressCharged'];
  /** As it arrived; what else carries operations says them otherwise. */
  body: unknown;
}

/** What steps do with its answer: headers, where it has some, and hear when nobody waits for it any more. */
export interface OperationReply {
  header(name: string, value: string | number): unknown;
  getHeader(name: string): unknown;
  readonly raw: ReplyEnd;
}

export interface ReplyEnd {
  /** Nobody waits. */
  readonly destroyed: boolean;
  /** It was answered whole. */
  readonly writableFinished: boolean;
  once(event: 'close', listener: () => void): unknown;
  getMaxListeners(): number;
  setMaxListeners(count: number): unknown;
}
