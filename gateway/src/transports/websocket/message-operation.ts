import { context, trace } from '@opentelemetry/api';
import { CodedError } from '@tributary/service-kit';
import { Exchange } from '../../pipeline/exchange.ts';
import { type Answer, clientErrorOf } from '../../pipeline/respond.ts';
import type { LiveOperation } from '../../subscriptions/live-operation.ts';
import { carryResults, type ResultSink } from '../carry-results.ts';
import type { EndReason } from '../end-reason.ts';
import { takenInTime } from '../taken-in-time.ts';
import { type Caller, MessageReply, MessageRequest } from './message-request.ts';
import type { Outbox } from './outbox.ts';
import type { SessionParts } from './session-parts.ts';

/** Of the connection that an operation is on, what it needs. */
export interface OperationHost {
  readonly caller: Caller;
  readonly outbox: Outbox;
  /** The client does not read. */
  slow(): void;
  /** An operation has come to this status of HTTP. */
  answered(status: number): void;
  /** An operation that was to be answered goes on instead. */
  wentLive(): void;
}

/** One operation of a WebSocket: from its `subscribe` to its last message. */
export class MessageOperation implements ResultSink {
  readonly #host: OperationHost;
  readonly #parts: SessionParts;
  /** The id that the client has given it, as JSON. */
  readonly #id: string;
  readonly #reply = new MessageReply();
  #live: LiveOperation | undefined;
  /** Why nobody waits for it any more. */
  #left: EndReason | undefined;
  readonly #leaving = Promise.withResolvers<void>();
  #results = 0;

  constructor(id: string, host: OperationHost, parts: SessionParts) {
    this.#id = JSON.stringify(id);
    this.#host = host;
    this.#parts = parts;
  }

  /** Whether its results are to come for as long as nobody ends it. */
  get isLive(): boolean {
    return this.#live !== undefined;
  }

  /** Does it, and says what came of it. */
  async run(payload: Readonly<Record<string, unknown>>): Promise<void> {
    const { extensions } = payload;
    const traceparent = (extensions as { traceparent?: unknown } | null | undefined)?.traceparent;
    const request = new MessageRequest(this.#host.caller, this.#parts.tracer, traceparent);
    const startedMs = performance.now();
    const span = trace.getSpan(request.traceContext);
    let status = 499;
    try {
      const { answer, seat } = await context.with(request.traceContext, () => this.#answer(request, payload));
      status = answer.status;
      this.#host.answered(status);
      span?.end();
      if (answer.live === undefined) await this.#tellOnce(answer, request.id);
      else {
        const reason = await this.#carry(answer.live, request.id);
        request.accessFields.ended = reason;
        request.accessFields.results = this.#results;
        seat?.leave(reason);
      }
    } finally {
      span?.end();
      this.#reply.raw.finish();
      this.#tellLog(request, status, startedMs);
    }
  }

  /** Its client has ended it, or its connection is over: nothing more is sent. */
  leave(reason: EndReason): void {
    this.#left ??= reason;
    this.#leaving.resolve();
    this.#reply.raw.leave();
    this.#live?.return?.().catch(() => {});
  }

  next(json: string): void {
    if (this.#left !== undefined) return;
    this.#results++;
    this.#host.outbox.sendResult(`{"id":${this.#id},"type":"next","payload":${json}}`);
  }

  room(): Promise<void> | undefined {
    const room = this.#left === undefined ? this.#host.outbox.room() : undefined;
    return room && Promise.race([room, this.#leaving.promise]);
  }

  refuse(error: CodedError, requestId: string): void {
    this.#tellErrors(JSON.stringify([clientErrorOf(error, requestId)]));
  }

  async #answer(request: MessageRequest, payload: object) {
    const exchange = new Exchange(request, this.#reply, this.#parts.engine.current.enter(), { body: payload });
    exchange.isMessage = true;
    exchange.incrementalFormat = 'v0.2';
    const answer = await this.#parts.pipeline.answerMessage(exchange);
    return { answer, seat: exchange.seats?.subscription };
  }

  /** One result; with `@defer`, what follows of it: as large as one answer would be, all of it together. */
  async #tellOnce({ errors, body, later }: Answer, requestId: string): Promise<void> {
    if (errors !== undefined) {
      this.#tellErrors(errors);
      return;
    }
    await this.#waitForRoom();
    this.next(body.toString());
    try {
      for await (const json of later ?? []) {
        await this.#waitForRoom();
        if (this.#left !== undefined) break;
        this.next(json);
      }
    } catch (error) {
      this.refuse(new CodedError('INTERNAL_SERVER_ERROR'), requestId);
      throw error;
    }
    this.#complete();
  }

  async #carry(live: LiveOperation, requestId: string): Promise<EndReason> {
    this.#live = live;
    // It may have been left before it began.
    if (this.#left !== undefined) live.return?.().catch(() => {});
    else this.#host.wentLive();
    const { reason, error } = await carryResults(live, this, { requestId, slowAfterMs: this.#parts.slowAfterMs });
    if (this.#left !== undefined) return this.#left;
    if (reason === 'slow_consumer') this.#host.slow();
    else if (error === undefined) this.#complete();
    else this.refuse(error, requestId);
    return reason;
  }

  /** What is answered is held until then. A client that does not read is not waited for without end. */
  async #waitForRoom(): Promise<void> {
    const room = this.room();
    if (room !== undefined && !(await takenInTime(room, this.#parts.slowAfterMs))) this.#host.slow();
  }

  #complete(): void {
    if (this.#left === undefined) this.#host.outbox.send(`{"id":${this.#id},"type":"complete"}`);
  }

  #tellErrors(errors: string): void {
    if (this.#left === undefined) this.#host.outbox.send(`{"id":${this.#id},"type":"error","payload":${errors}}`);
  }

  #tellLog({ id, accessFields, traceContext }: MessageRequest, status: number, startedMs: number): void {
    const duration_ms = Math.round((performance.now() - startedMs) * 10) / 10;
    const fields = {
      method: 'WS',
      route: this.#host.caller.route,
      status: String(status),
      ...accessFields,
      duration_ms,
    };
    context.with(traceContext, () => this.#parts.log.info({ request_id: id, ...fields }, 'request'));
  }
}
