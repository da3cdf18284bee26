import { context } from '@opentelemetry/api';
import { CLIENT_CLOSED_REQUEST, CodedError, tellRefusal } from '@tributary/service-kit';
import { Exchange } from '../../pipeline/exchange.ts';
import { type Answer, clientErrorOf } from '../../pipeline/respond.ts';
import type { EndReason } from '../../subscriptions/end-reason.ts';
import type { LiveOperation } from '../../subscriptions/live-operation.ts';
import type { SubscriptionSeat } from '../../subscriptions/live-seats.ts';
import { carryResults, type Ended, type ResultSink } from '../carry-results.ts';
import { LiveTally } from '../live-tally.ts';
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

/** A subscription that goes on. */
interface Begun {
  readonly live: LiveOperation;
  readonly request: MessageRequest;
  readonly seat: SubscriptionSeat | undefined;
}

/** One operation of a WebSocket: from its `subscribe` to its last message. */
export class MessageOperation implements ResultSink {
  readonly #host: OperationHost;
  readonly #parts: SessionParts;
  /** The id that the client has given it, as JSON. */
  readonly #id: string;
  readonly #reply = new MessageReply();
  #live: LiveOperation | undefined;
  /** Of an answer in parts, those that are still to come. */
  #later: Answer['later'];
  /** Why nobody waits for it any more. */
  #left: EndReason | undefined;
  readonly #leaving = Promise.withResolvers<void>();

  constructor(id: string, host: OperationHost, parts: SessionParts) {
    this.#id = JSON.stringify(id);
    this.#host = host;
    this.#parts = parts;
  }

  /** Whether its results are to come for as long as nobody ends it. */
  get isLive(): boolean {
    return this.#live !== undefined;
  }

  /** Does it, and says what came of it. Resolves once it is over. */
  run(payload: Readonly<Record<string, unknown>>): Promise<void> {
    // By no function that waits for the end: what it was asked with would be kept until then.
    return this.#begin(payload).then((begun) => begun && this.#carry(begun));
  }

  /** @returns what is to be carried for as long as its client likes; undefined: it was answered */
  async #begin(payload: Readonly<Record<string, unknown>>): Promise<Begun | undefined> {
    const { log, tracer } = this.#parts;
    const { extensions } = payload;
    const traceparent = (extensions as { traceparent?: unknown } | null | undefined)?.traceparent;
    const request = new MessageRequest(this.#host.caller, tracer, { traceparent });
    let status = CLIENT_CLOSED_REQUEST;
    try {
      const { answer, seat } = await context.with(request.traceContext, () => this.#answer(request, payload));
      if (this.#left === undefined) status = answer.status;
      this.#host.answered(answer.status);
      if (answer.live !== undefined) return { live: answer.live, request, seat };
      await this.#tellOnce(answer, request);
      return undefined;
    } catch (error) {
      const masked = new CodedError('INTERNAL_SERVER_ERROR', undefined, { cause: error });
      status = masked.status;
      tellRefusal(request.accessFields, masked);
      throw error;
    } finally {
      this.#reply.raw.finish();
      request.tellAnswered('WS', status, log);
    }
  }

  /** Refuses it before it has begun. */
  turnAway(refusal: CodedError): void {
    const { log, tracer } = this.#parts;
    const request = new MessageRequest(this.#host.caller, tracer);
    this.refuse(refusal, request.id);
    tellRefusal(request.accessFields, refusal);
    request.tellAnswered('WS', refusal.status, log);
  }

  /** Its client has ended it, or its connection is over: nothing more is sent. */
  leave(reason: EndReason): void {
    this.#left ??= reason;
    this.#leaving.resolve();
    // Before what is fetched for them is given up: that would be counted as their errors.
    this.#later?.return?.().catch(() => {});
    this.#reply.raw.leave();
    this.#live?.return?.().catch(() => {});
  }

  next(json: string): boolean {
    if (this.#left !== undefined) return false;
    this.#host.outbox.sendResult(`{"id":${this.#id},"type":"next","payload":${json}}`);
    return true;
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
  async #tellOnce({ errors, body, later }: Answer, request: MessageRequest): Promise<void> {
    if (errors !== undefined) {
      this.#tellErrors(errors);
      return;
    }
    await this.#waitForRoom();
    this.next(body.toString());
    if (later !== undefined) await this.#tellLater(later, request);
    this.#complete();
  }

  async #tellLater(later: NonNullable<Answer['later']>, request: MessageRequest): Promise<void> {
    const { accessFields } = request;
    request.streamBeganMs = performance.now();
    accessFields.ended = 'left';
    this.#later = later;
    let results = 1;
    try {
      for await (const json of later) {
        await this.#waitForRoom();
        if (!this.next(json)) break;
        results++;
      }
      accessFields.ended = this.#left ?? 'completed';
    } catch (error) {
      accessFields.ended = 'failed';
      this.refuse(new CodedError('INTERNAL_SERVER_ERROR'), request.id);
      throw error;
    } finally {
      accessFields.results = results;
    }
  }

  /** A subscription has an access line when it has begun, and another one when it has ended. */
  async #carry({ live, request, seat }: Begun): Promise<void> {
    const tally = new LiveTally();
    let ended: Ended = { reason: 'failed', error: undefined };
    try {
      this.#live = live;
      // It may have been left before it began.
      if (this.#left !== undefined) live.return?.().catch(() => {});
      else this.#host.wentLive();
      const carried = await carryResults(live, this, { tally, slowAfterMs: this.#parts.slowAfterMs });
      ended = this.#left === undefined ? carried : { reason: this.#left, error: undefined };
      this.#tellEnd(ended, request.id);
    } finally {
      seat?.leave(ended.reason);
      tally.tellEnd(request, 'WS', ended, this.#parts.log);
    }
  }

  #tellEnd({ reason, error }: Ended, requestId: string): void {
    if (this.#left !== undefined) return;
    if (reason === 'slow_consumer') this.#host.slow();
    else if (error === undefined) this.#complete();
    else this.refuse(error, requestId);
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
}
