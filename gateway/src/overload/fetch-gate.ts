import { type Attributes, trace } from '@opentelemetry/api';
import type { CounterSeries, Metrics } from '@tributary/service-kit';
import { FetchError } from '../subgraphs/fetch-error.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import type { PostAnswer } from '../subgraphs/post.ts';
import { AdaptiveLimit, type LimitOutcome } from './adaptive-limit.ts';
import { FetchTurnedAway } from './fetch-turned-away.ts';
import { loopWatch } from './loop-watch.ts';
import type { Priority } from './priority.ts';
import { WaitingLine } from './waiting-line.ts';

export interface FetchGateOptions {
  /** Fetches that may be under way, however slow they are. */
  readonly minimum: number;
  /** Longer than that no fetch waits until it is sent. */
  readonly maxWaitMs: number;
}

export interface FetchGateParts extends FetchGateOptions {
  readonly subgraph: string;
  readonly maximum: number;
  readonly metrics: Metrics;
}

/** Of the longest wait, that fetches of a priority may add up to: the rest is kept for those above. */
const SHARES: Readonly<Record<Priority, number>> = { high: 1, normal: 0.85, low: 0.7 };
/** However quick the subgraph is. */
const MAX_WAITING = 512;
/** The statuses by which a server says that it has too much. */
const TOO_MUCH = new Set([429, 503]);

/**
 * Sends a subgraph as many fetches at once as it can do; others wait a moment, mutations and known documents first, or
 * are turned away where their wait would be long.
 */
export class FetchGate {
  readonly #limit: AdaptiveLimit;
  readonly #line = new WaitingLine<() => void>();
  readonly #maxWaitMs: number;
  readonly #turnedAway: CounterSeries;
  /** What spans say of one that is turned away. */
  readonly #event: Attributes;

  constructor({ subgraph, minimum, maximum, maxWaitMs, metrics }: FetchGateParts) {
    this.#limit = new AdaptiveLimit({ minimum, maximum, wasBusy: loopWatch() });
    this.#maxWaitMs = maxWaitMs;
    this.#event = { 'graphql.subgraph.name': subgraph, reason: 'concurrency' };
    const labels = { subgraph, reason: 'concurrency' };
    this.#turnedAway = metrics.counter('graphql_subgraph_fetches_rejected_total', labels);
  }

  get limit(): number {
    return this.#limit.limit;
  }

  /** Fetches that are not sent yet. */
  get waiting(): number {
    return this.#line.length;
  }

  /** @throws FetchTurnedAway, and what `send` throws */
  async pass(scope: FetchScope, isMutation: boolean, send: () => Promise<PostAnswer>): Promise<PostAnswer> {
    const { attempts } = scope;
    if (!this.#limit.tryEnter()) await this.#turn(scope, isMutation ? 'high' : (attempts?.priority ?? 'normal'));
    if (attempts !== undefined) attempts.sent++;
    const beganMs = performance.now();
    let outcome: LimitOutcome = 'ignored';
    try {
      const answer = await send();
      outcome = TOO_MUCH.has(answer.status) ? 'dropped' : 'answered';
      return answer;
    } catch (error) {
      if (error instanceof FetchError && error.outcome === 'deadline' && !error.isOwn) outcome = 'dropped';
      throw error;
    } finally {
      const nowMs = performance.now();
      this.#limit.leave(nowMs, nowMs - beganMs, outcome);
      while (this.#line.length > 0 && this.#limit.tryEnter()) this.#line.take()?.();
    }
  }

  /** Waits until it may go. */
  #turn({ deadlineMs, departure, attempts }: FetchScope, priority: Priority): Promise<void> {
    const turnedAway = () => {
      if (attempts !== undefined) attempts.turnedAway++;
      this.#turnedAway.inc();
      trace.getActiveSpan()?.addEvent('fetch rejected', this.#event);
      return new FetchTurnedAway();
    };
    const waitMs = Math.min(this.#maxWaitMs, deadlineMs - performance.now());
    const waiting = this.#line.length + 1;
    const share = SHARES[priority];
    if (waiting > share * MAX_WAITING || this.#limit.waitMs(waiting) > share * waitMs) {
      return Promise.reject(turnedAway());
    }
    return new Promise((resolve, reject) => {
      let late: NodeJS.Immediate | undefined;
      const settle = () => {
        clearTimeout(timer);
        clearImmediate(late);
        departure?.delete(onGone);
      };
      const go = () => {
        settle();
        resolve();
      };
      const giveUp = (error: FetchError) => {
        this.#line.leave(go, priority);
        settle();
        reject(error);
      };
      const onGone = () => giveUp(new FetchError('cancelled', 'the client has gone'));
      // After a stall, answers that have come meanwhile are read first: they make places free.
      const onLate = () => {
        late = setImmediate(() => giveUp(turnedAway()));
      };
      const timer = setTimeout(onLate, waitMs);
      departure?.add(onGone);
      this.#line.join(go, priority);
    });
  }
}
