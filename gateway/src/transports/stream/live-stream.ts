import { CodedError } from '@tributary/service-kit';
import type { ResponseStream } from '../../http/response-stream.ts';
import type { EndReason } from '../../subscriptions/end-reason.ts';
import type { LiveOperation } from '../../subscriptions/live-operation.ts';
import { carryResults, type Ended, type ResultSink } from '../carry-results.ts';
import type { LiveConnection } from '../live-connections.ts';
import { LiveTally } from '../live-tally.ts';
import type { StreamFormat } from './stream-format.ts';

export interface LiveStreamParts {
  readonly live: LiveOperation;
  readonly stream: ResponseStream;
  readonly format: StreamFormat;
  readonly requestId: string;
  readonly expiresMs: number | undefined;
  readonly slowAfterMs: number;
}

/** For a client to take what tells it to come again: the gateway waits for that. */
const RESTART_TAKEN_MS = 500;

/**
 * A client for which little waits is taken for gone when the kernel has taken nothing for so long. It takes more only once a
 * good part of its buffer, up to megabytes, has been read: a slow client may be long over that.
 */
const GONE_MS = 5 * 60_000;

/** One subscription that is carried by an HTTP answer. */
export class LiveStream implements LiveConnection, ResultSink {
  readonly expiresMs: number | undefined;
  readonly tally = new LiveTally();
  readonly #parts: LiveStreamParts;
  /** Why the gateway ends it, where it does. */
  #ending: Ended | undefined;

  constructor(parts: LiveStreamParts) {
    this.#parts = parts;
    this.expiresMs = parts.expiresMs;
  }

  /** Carries results until there are no more, or nobody takes them. Resolves with how it ended. */
  async run(): Promise<Ended> {
    const { live, stream, format, requestId, slowAfterMs } = this.#parts;
    stream.onLeave(() => this.#leave());
    stream.write(format.opening(live.startId));
    const ended = await carryResults(live, this, { slowAfterMs, tally: this.tally });
    const { reason, error } = this.#ending ?? ended;
    const isPassing = reason === 'restart' || reason === 'slow_consumer';
    stream.end(error === undefined ? format.completion() : format.failure(error, requestId, isPassing));
    // It would read even that too late.
    if (reason === 'slow_consumer' && stream.waitingBytes > 0) stream.destroy();
    else stream.cutAfter(slowAfterMs);
    return { reason: stream.hasGone && reason === 'completed' ? 'left' : reason, error };
  }

  next(json: string, eventId: string | undefined): boolean {
    if (this.#ending !== undefined) return false;
    this.#parts.stream.write(this.#parts.format.result(json, eventId));
    return true;
  }

  room(): Promise<void> | undefined {
    return this.#ending === undefined ? this.#parts.stream.room() : undefined;
  }

  beat(): void {
    const { stream, format } = this.#parts;
    if (stream.hasEnded) return;
    // What waits says it as well. It may be too little for the next result to wait for room, and there may be no next one.
    if (stream.waitingBytes === 0) stream.write(format.heartbeat);
    else if (stream.untakenMs >= GONE_MS) this.#end('slow_consumer', new CodedError('SUBSCRIPTION_SLOW_CONSUMER'), 0);
  }

  expire(): void {
    this.#end('token_expired', new CodedError('TOKEN_EXPIRED'), this.#parts.slowAfterMs);
  }

  drain(): void {
    this.#end('restart', new CodedError('SUBSCRIPTION_INTERRUPTED'), RESTART_TAKEN_MS);
  }

  destroy(): void {
    this.#parts.stream.destroy();
  }

  /** @param takenMs from now on, whatever else the client has still to take before */
  #end(reason: EndReason, error: CodedError, takenMs: number): void {
    if (this.#ending !== undefined) return;
    this.#ending = { reason, error };
    this.#parts.stream.cutAfter(takenMs);
    this.#leave();
  }

  #leave(): void {
    this.#parts.live.return?.().catch(() => {});
  }
}
