import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Attributes, type Context, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { type Logger, newId, recordCode, startEntrySpan, withOperation, writeAccessLine } from '@tributary/service-kit';
import type { OperationReply, OperationRequest, ReplyEnd } from '../../http/operation-request.ts';

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

/** Where a request differs from others on its WebSocket. */
export interface MessageOrigin {
  /** Of the client, where it says one. */
  readonly traceparent?: unknown;
  /** Default: a new one. */
  readonly id?: string | undefined;
  /** Default: `graphql.message`. */
  readonly spanName?: string;
  readonly attributes?: Attributes;
}

/** The request of an operation that came as a message: what steps read of it. */
export class MessageRequest implements OperationRequest {
  readonly id: string;
  readonly method = 'POST';
  readonly query = {};
  readonly body = undefined;
  readonly accessFields: OperationRequest['accessFields'] = { transport: 'websocket' };
  readonly headers: IncomingHttpHeaders;
  readonly host: string;
  readonly raw: Caller['raw'];
  readonly params: Caller['params'];
  readonly route: string;
  readonly traceContext: Context;
  readonly startedMs = performance.now();
  /** Of an answer in parts: when the first was sent. */
  streamBeganMs: number | undefined;
  #isTold = false;

  constructor({ headers, host, raw, params, route }: Caller, tracer: Tracer, origin: MessageOrigin = {}) {
    const { traceparent, id = newId(), spanName = 'graphql.message' } = origin;
    this.id = id;
    this.headers = headers;
    this.host = host;
    this.raw = raw;
    this.params = params;
    this.route = route;
    const parent = typeof traceparent === 'string' ? traceparent : undefined;
    const attributes = { 'http.route': route, 'http.response.header.x-request-id': [id], ...origin.attributes };
    const entry = startEntrySpan(tracer, spanName, parent, { kind: SpanKind.SERVER, attributes });
    this.traceContext = withOperation(entry, { requestId: id, fields: this.accessFields });
  }

  /** Writes its access line and ends its span, once: when it was answered, or has begun to be for as long as its client likes. */
  tellAnswered(method: string, status: number, log: Logger): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const { id, traceContext, route, accessFields: fields, startedMs, streamBeganMs } = this;
    const span = trace.getSpan(traceContext);
    if (span?.isRecording() && fields.code !== undefined) recordCode(span, String(fields.code));
    span?.end();
    const nowMs = performance.now();
    writeAccessLine(log, {
      ...{ message: 'request', requestId: id, traceContext, method, route, status, fields },
      durationMs: (streamBeganMs ?? nowMs) - startedMs,
      openMs: streamBeganMs && nowMs - streamBeganMs,
    });
  }
}

/** What is to become of such an operation. It has no headers: those that steps set are dropped. */
export class MessageReply implements OperationReply {
  readonly raw = new MessageEnd();
  header(): void {}
  getHeader(): undefined {}
}

/** Whether somebody waits for what a WebSocket is to carry. */
export class MessageEnd extends EventEmitter implements ReplyEnd {
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
