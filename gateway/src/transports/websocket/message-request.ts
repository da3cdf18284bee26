import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Context, SpanKind, type Tracer } from '@opentelemetry/api';
import { newId, startEntrySpan } from '@tributary/service-kit';
import type { OperationReply, OperationRequest, ReplyEnd } from '../../pipeline/operation-request.ts';

/** What all operations of one WebSocket have in common. */
export interface Caller {
  readonly headers: IncomingHttpHeaders;
  readonly host: string;
  /** Of the request that has opened it, no more than what says where it came from. */
  readonly raw: Pick<IncomingMessage, 'headers' | 'socket' | 'url'>;
  /** The version of the API that its path names. */
  readonly params: { readonly major?: string };
  /** The path's pattern. */
  readonly route: string;
}

/** The request of an operation that came as a message: what steps read of it. */
export class MessageRequest implements OperationRequest {
  readonly id = newId();
  readonly method = 'POST';
  readonly query = {};
  readonly body = undefined;
  readonly accessFields: OperationRequest['accessFields'] = { transport: 'websocket' };
  readonly headers: IncomingHttpHeaders;
  readonly host: string;
  readonly raw: Caller['raw'];
  readonly params: Caller['params'];
  readonly traceContext: Context;

  /** @param traceparent of the client, where it says one */
  constructor({ headers, host, raw, params, route }: Caller, tracer: Tracer, traceparent?: unknown) {
    this.headers = headers;
    this.host = host;
    this.raw = raw;
    this.params = params;
    const parent = typeof traceparent === 'string' ? traceparent : undefined;
    const attributes = { 'http.route': route, 'http.response.header.x-request-id': [this.id] };
    this.traceContext = startEntrySpan(tracer, 'graphql.message', parent, { kind: SpanKind.SERVER, attributes });
  }
}

/** What is to become of such an operation. It has no headers: those that steps set are dropped. */
export class MessageReply implements OperationReply {
  readonly raw = new MessageEnd();
  header(): void {}
  getHeader(): undefined {}
}

class MessageEnd extends EventEmitter implements ReplyEnd {
  destroyed = false;
  writableFinished = false;

  /** Its client does not wait for it any more. */
  leave(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }

  /** It was answered. */
  finish(): void {
    if (this.destroyed) return;
    this.writableFinished = true;
    this.leave();
  }
}
