import { type Attributes, trace } from '@opentelemetry/api';
import type { CounterSeries, Metrics } from '@tributary/service-kit';
import { AdaptiveLimit, type LimitOutcome } from '../overload/adaptive-limit.ts';
import { loopWatch } from '../overload/loop-watch.ts';
import type { Places } from '../overload/places.ts';
import { type Priority, SHARES } from '../overload/priority.ts';
import { PriorityQueue } from '../overload/priority-queue.ts';
import { StandingQueue } from '../overload/standing-queue.ts';
import { FetchError } from './fetch-error.ts';
import type { FetchScope } from './fetch-scope.ts';
import { FetchTurnedAway } from './fetch-turned-away.ts';
import type { PostAnswer } from './post.ts';

export interface FetchGateOptions {
  /** Fetches that may be under way, however slow they are. */
  readonly minimum: number;
  /** Where more comes than can be done, no fetch waits for longer until it is sent. */
  readonly maxWaitMs: number;
  /** What waits takes them from others. Default: there is no end of them. */
  readonly places?: Places;
}

export interface FetchGateParts extends FetchGateOptions {
  readonly subgraph: string;
  /** Fetches that may be under way: its connections. */
  readonly maximum: number;
  readonly metrics: Metrics;
  /** Whether this process was too busy to know how long answers took, since it was last asked. Default: as its event loop was. */
  readonly wasBusy?: () => boolean;
}

/** However quick the subgraph is. */
const MAX_WAITING = 1024;
/** One that waits looks so often whether the queue stands by now. */
const LOOK_AGAIN_MS = 250;
/** A line that has not moved for so long takes no more places than it leaves for others. */
const STUCK_MS = 250;
const UNLIMITED: Places = { free: () => Number.POSITIVE_INFINITY, turnedAway: 0 };
/** The statuses by which a server says that it has too much. */
const TOO_MUCH = new Set([429, 503]);

/**
 * Sends a subgraph as many fetches at once as it can do; others wait, mutations and known documents first. They are turned
 * away where the queue stands (see `StandingQueue`) and their wait would be long; a burst waits until it is worked off.
 */
export class FetchGate {
  readonly #limit: AdaptiveLimit;
  readonly #queue = new PriorityQueue<() => void>();
  readonly #standing = new StandingQueue();
  readonly #maxWaitMs: number;
  readonly #places: Places;
  readonly #turnedAway: CounterSeries;
  /** What spans say of one that is turned away. */
  readonly #event: Attributes;
  /** When a place was given back last, or the line began. */
  #movedMs = 0;
  /** That there was no room for in the line. */
  #unplaced = 0;

  constructor(parts: FetchGateParts) {
    const { subgraph, minimum, maximum, metrics, wasBusy = loopWatch() } = parts;
    const isCrowded = () => this.#standing.isStanding;
    this.#limit = new AdaptiveLimit({ minimum, maximum, wasBusy, isCrowded });
    this.#maxWaitMs = parts.maxWaitMs;
    this.#places = parts.places ?? UNLIMITED;
    this.#event = { 'graphql.subgraph.name': subgraph, reason: 'concurrency' };
    const labels = { subgraph, reason: 'concurrency' };
    this.#turnedAway = metrics.counter('graphql_subgraph_fetches_rejected_total', labels);
  }

  get limit(): number {
    return this.#limit.limit;
  }

  /** Fetches that are not sent yet. */
  get waiting(): number {
    return this.#queue.length;
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
      if (error instanceof FetchError && error.outcome === 'deadline' && !error.isOwn) outcome = 'late';
      throw error;
    } finally {
      const nowMs = performance.now();
      this.#limit.leave(nowMs, nowMs - beganMs, outcome);
      this.#movedMs = nowMs;
      while (this.#queue.length > 0 && this.#limit.tryEnter()) this.#queue.take()?.();
      this.#note(nowMs);
    }
  }

  #note(nowMs: number): void {
    const turnedAway = this.#unplaced + this.#places.turnedAway;
    this.#standing.note(nowMs, this.#queue.length, this.#limit.underWay, turnedAway);
  }

  /** Whether one more may wait, however long. */
  #hasRoom(priority: Priority, silentMs: number): boolean {
    const mayTakeAll = !this.#standing.isStanding && silentMs < STUCK_MS;
    const most = mayTakeAll ? Number.POSITIVE_INFINITY : this.#places.free(priority);
    return this.#queue.length < Math.min(SHARES[priority] * MAX_WAITING, most);
  }

  /** Waits until it may go. */
  #turn({ deadlineMs, departure, attempts }: FetchScope, priority: Priority): Promise<void> {
    const turnedAway = () => {
      if (attempts !== undefined) attempts.turnedAway++;
      this.#turnedAway.inc();
      trace.getActiveSpan()?.addEvent('fetch rejected', this.#event);
      return new FetchTurnedAway();
    };
    const joinedMs = performance.now();
    if (this.#queue.length === 0) this.#movedMs = joinedMs;
    const silentMs = joinedMs - this.#movedMs;
    const longestMs = Math.min(this.#maxWaitMs, deadlineMs - joinedMs);
    const waitMs = this.#limit.waitMs(this.#queue.ahead(priority) + 1, silentMs);
    const hasRoom = this.#hasRoom(priority, silentMs);
    if (!hasRoom) this.#unplaced++;
    if (!hasRoom || (this.#standing.isStanding && waitMs > SHARES[priority] * longestMs)) {
      this.#note(joinedMs);
      return Promise.reject(turnedAway());
    }
    return new Promise((resolve, reject) => {
      let late: NodeJS.Immediate | undefined;
      let timer: NodeJS.Timeout | undefined;
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
        this.#queue.leave(go, priority);
        this.#note(performance.now());
        settle();
        reject(error);
      };
      const onGone = () => giveUp(new FetchError('cancelled', 'the client has gone'));
      // After a stall, answers that have come meanwhile are read first: they make places free.
      const onLate = () => {
        late = setImmediate(() => giveUp(turnedAway()));
      };
      const look = () => {
        const nowMs = performance.now();
        this.#note(nowMs);
        const leftMs = deadlineMs - nowMs;
        const isLate = leftMs <= 0 || (this.#standing.isStanding && nowMs - joinedMs >= this.#maxWaitMs);
        if (isLate) onLate();
        else timer = setTimeout(look, Math.min(leftMs, LOOK_AGAIN_MS));
      };
      timer = setTimeout(look, longestMs);
      departure?.add(onGone);
      this.#queue.join(go, priority);
      this.#note(joinedMs);
    });
  }
}
