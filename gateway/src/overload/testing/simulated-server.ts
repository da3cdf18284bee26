import { AdaptiveLimit, type AdaptiveLimitOptions } from '../adaptive-limit.ts';

/** A server that works on `capacity` requests at a time; the others wait for it in a line. */
export interface SimulatedServer {
  capacity: number;
  /** How long it works on the n-th request. */
  serviceMs(n: number): number;
  /** What it is asked for, whether or not the limit lets it. */
  requestsPerSecond: number;
  /** Longer ones count as dropped: nobody waits for them. */
  timeoutMs: number;
}

/** What was seen in some time. */
export interface Seen {
  /** Mean over time. */
  readonly limit: number;
  readonly lowest: number;
  readonly answered: number;
  readonly turnedAway: number;
  /** Median, from entering to the answer. */
  readonly tookMs: number;
}

/** Answers of a simulated server through an AdaptiveLimit, in simulated time: the same each time. */
export class Simulation {
  readonly limit: AdaptiveLimit;
  readonly server: SimulatedServer;
  #nowMs = 0;
  #nextArrivalMs = 0;
  #count = 0;
  /** Its workers, by when each is free. */
  #free: number[] = [];
  #ends: { atMs: number; beganMs: number }[] = [];

  constructor(options: AdaptiveLimitOptions, server: SimulatedServer) {
    this.limit = new AdaptiveLimit(options);
    this.server = server;
  }

  run(forMs: number): Seen {
    const untilMs = this.#nowMs + forMs;
    const took: number[] = [];
    let limits = 0;
    let arrivals = 0;
    let lowest = Number.POSITIVE_INFINITY;
    let turnedAway = 0;
    while (this.#nextArrivalMs < untilMs) {
      this.#nowMs = this.#nextArrivalMs;
      for (const { beganMs, atMs } of this.#endedBy(this.#nowMs)) {
        const tookMs = atMs - beganMs;
        this.limit.leave(atMs, tookMs, tookMs > this.server.timeoutMs ? 'dropped' : 'answered');
        if (tookMs <= this.server.timeoutMs) took.push(tookMs);
      }
      if (this.limit.tryEnter()) this.#begin();
      else turnedAway++;
      limits += this.limit.limit;
      lowest = Math.min(lowest, this.limit.limit);
      arrivals++;
      // Not quite regular, or arrivals and ends would keep step.
      this.#nextArrivalMs += (1000 / this.server.requestsPerSecond) * (0.5 + ((this.#count++ * 0.618) % 1));
    }
    this.#nowMs = untilMs;
    took.sort((a, b) => a - b);
    return {
      limit: limits / arrivals,
      lowest,
      answered: took.length,
      turnedAway,
      tookMs: took[Math.floor(took.length / 2)] ?? Number.NaN,
    };
  }

  #begin(): void {
    const { capacity, serviceMs } = this.server;
    this.#free = [...this.#free, ...Array<number>(Math.max(0, capacity - this.#free.length)).fill(0)]
      .sort((a, b) => a - b)
      .slice(-capacity);
    const startMs = Math.max(this.#nowMs, this.#free[0] as number);
    this.#free[0] = startMs + serviceMs(this.#count);
    this.#ends.push({ atMs: this.#free[0], beganMs: this.#nowMs });
  }

  #endedBy(nowMs: number) {
    const ended = this.#ends.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
    this.#ends = this.#ends.filter(({ atMs }) => atMs > nowMs);
    return ended;
  }
}
