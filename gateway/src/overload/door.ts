import { DelayLimit, type DelayLimitOptions } from './delay-limit.ts';
import type { Places } from './places.ts';
import { PRIORITIES, type Priority, SHARES } from './priority.ts';
import { PriorityQueue } from './priority-queue.ts';

/** What comes when requests were begun for so long in one turn of the event loop waits for another turn. */
const TURN_MS = 5;
/** Of each new turn, in the mean cost of a request. */
const WEIGHT = 0.2;

export interface DoorOptions extends DelayLimitOptions {
  /** Whoever has waited for so long is turned away: others with a higher priority come all the time. */
  readonly maxWaitMs: number;
}

/** The event loop: its clock, and what runs when this turn has handled all that has arrived. */
export interface Loop {
  nowMs(): number;
  atEndOfTurn(run: () => void): void;
}

const NODE: Loop = { nowMs: () => performance.now(), atEndOfTurn: (run) => void setImmediate(run) };

interface Waiter {
  readonly sinceMs: number;
  /** @param mayGo false: it is turned away */
  go(mayGo: boolean): void;
}

/** By priority. */
type Ceilings = Readonly<Record<Priority, number>>;

function ceilings(limit: number): Ceilings {
  const of = (priority: Priority) => Math.max(1, Math.floor(SHARES[priority] * limit));
  return { high: of('high'), normal: of('normal'), low: of('low') };
}

/**
 * Lets requests into the gateway: in each turn of the event loop only as many as keep it short, so that whoever is turned
 * away hears it at once, and into the line for it only so many that none waits long. Those with a higher priority go first,
 * and are turned away last. Who waits for a subgraph has a place in the gateway, and none in the line.
 */
export class Door implements Places {
  readonly #limit: DelayLimit;
  readonly #loop: Loop;
  readonly #maxWaitMs: number;
  readonly #queue = new PriorityQueue<Waiter>();
  /** Of the gateway, and of the line. */
  readonly #places: Ceilings;
  #line: Ceilings;
  #inside = 0;
  #turnedAway = 0;
  #turn: { beganMs: number; begun: number } | undefined;
  /** What one more request costs a turn, with all else that happens in it. */
  #costMs = TURN_MS;

  constructor(options: DoorOptions, loop: Loop = NODE) {
    this.#maxWaitMs = options.maxWaitMs;
    this.#loop = loop;
    this.#limit = new DelayLimit(options);
    this.#places = ceilings(options.maximum);
    this.#line = ceilings(this.#limit.limit);
  }

  /** Of those who wait for their turn. */
  get limit(): number {
    return this.#limit.limit;
  }

  /** Under way, or waiting for their turn. */
  get inside(): number {
    return this.#inside;
  }

  /** Whoever waits for a turn may need its place only for a moment, and is not counted. */
  free(priority: Priority): number {
    return this.#places[priority] - (this.#inside - this.#queue.length);
  }

  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Whether whoever asks is turned away, whatever its priority. */
  turnsAnyoneAway(): boolean {
    return this.#turnsAway('high');
  }

  /** Lets one in whose priority does not matter; false: it does. */
  tryEnter(): boolean {
    if (this.#inside >= this.#places.low || this.#queue.length > 0) return false;
    const nowMs = this.#loop.nowMs();
    const turn = this.#turn ?? this.#begin(nowMs);
    if (nowMs - turn.beganMs > TURN_MS) return false;
    turn.begun++;
    this.#inside++;
    return true;
  }

  /** Lets one in when its turn comes; false: it is turned away. Who was let in leaves in the end. */
  enter(priority: Priority): Promise<boolean> | false {
    if (this.#turnsAway(priority)) return false;
    this.#inside++;
    const sinceMs = this.#loop.nowMs();
    if (this.#turn === undefined) this.#begin(sinceMs);
    return new Promise((resolve) => {
      this.#queue.join({ sinceMs, go: resolve }, priority);
    });
  }

  leave(): void {
    this.#inside--;
  }

  #turnsAway(priority: Priority): boolean {
    const hasPlace = this.#inside < this.#places[priority];
    if (!hasPlace) this.#turnedAway++;
    return !hasPlace || this.#queue.length >= this.#line[priority];
  }

  #begin(nowMs: number) {
    this.#loop.atEndOfTurn(this.#end);
    this.#turn = { beganMs: nowMs, begun: 0 };
    return this.#turn;
  }

  readonly #end = (): void => {
    const { beganMs, begun } = this.#turn as { beganMs: number; begun: number };
    const nowMs = this.#loop.nowMs();
    const tookMs = nowMs - beganMs;
    if (begun > 0) this.#costMs += WEIGHT * (tookMs / begun - this.#costMs);
    this.#turn = undefined;
    const delayMs = this.#queue.length === 0 ? tookMs : nowMs - this.#longestWaitSince(nowMs);
    if (this.#limit.note(nowMs, delayMs, this.#queue.length)) this.#line = ceilings(this.#limit.limit);
    if (this.#queue.length > 0) this.#letWaitersGo(nowMs);
  };

  #letWaitersGo(nowMs: number): void {
    const turn = this.#begin(nowMs);
    for (const priority of PRIORITIES) {
      for (;;) {
        const waiter = this.#queue.first(priority);
        if (waiter === undefined || nowMs - waiter.sinceMs < this.#maxWaitMs) break;
        this.#queue.leave(waiter, priority);
        this.#inside--;
        waiter.go(false);
      }
    }
    const most = Math.max(1, Math.floor(TURN_MS / this.#costMs));
    while (turn.begun < most) {
      const waiter = this.#queue.take();
      if (waiter === undefined) return;
      turn.begun++;
      waiter.go(true);
    }
  }

  #longestWaitSince(nowMs: number): number {
    return Math.min(...PRIORITIES.map((priority) => this.#queue.first(priority)?.sinceMs ?? nowMs));
  }
}
