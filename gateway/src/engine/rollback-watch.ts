import type { Generation } from './generation.ts';

/** Requests, and those among them that failed, before and after a swap. */
export interface Worsening {
  readonly before: RequestCount;
  readonly after: RequestCount;
}

export interface RequestCount {
  readonly requests: number;
  readonly failed: number;
}

/** Fewer say nothing yet; nor do fewer than a part of the window had before. */
const MIN_REQUESTS = 20;
/** What fewer askers than so many met may be their own doing, where as many have asked before. */
const MIN_ASKERS = 5;
/** By so much may the ratio of failed requests rise. */
const MAX_RISE = 0.1;
/** What is older than the window is forgotten in steps of this part of it. */
const STEPS = 20;

interface Watched {
  readonly previous: Generation;
  readonly next: Generation;
  readonly before: RequestCount;
  readonly worse: (worsening: Worsening) => void;
  readonly timer: NodeJS.Timeout;
  /** So many requests decide, and failures of so many askers. */
  readonly minRequests: number;
  readonly minAskers: number;
  readonly failedFor: Set<string>;
  requests: number;
  failed: number;
}

interface Step {
  readonly startMs: number;
  requests: number;
  failed: number;
  /** Who asked: the first few. */
  readonly askers: Set<string>;
}

/** Compares how many requests fail after a swap with how many did before it. The supergraph before stays ready for so long. */
export class RollbackWatch {
  readonly #windowMs: number;
  /** Of all requests, oldest first. */
  readonly #steps: Step[] = [];
  #watched: Watched | undefined;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Calls `worse` once, in the turn of the request that shows it, if that happens within the window. */
  begin(previous: Generation, next: Generation, worse: Watched['worse']): void {
    this.end();
    const timer = setTimeout(() => this.end(), this.#windowMs).unref();
    const before = this.#countBefore();
    const askers = new Set(this.#steps.flatMap((step) => [...step.askers]));
    this.#watched = {
      ...{ previous: previous.enter(), next, before, worse, timer },
      minRequests: Math.max(MIN_REQUESTS, before.requests / STEPS),
      minAskers: Math.min(MIN_ASKERS, askers.size),
      ...{ failedFor: new Set(), requests: 0, failed: 0 },
    };
  }

  end(): void {
    const watched = this.#watched;
    if (watched === undefined) return;
    this.#watched = undefined;
    clearTimeout(watched.timer);
    watched.previous.leave();
  }

  /**
   * To be called with each request that was executed.
   *
   * @param hasFailed undefined: it says nothing of the supergraph
   * @param asker see `FetchScope`
   */
  count(
    { candidate }: Pick<Generation, 'candidate'>,
    hasFailed: boolean | undefined,
    asker: () => string = () => '',
  ): void {
    if (hasFailed === undefined) return;
    const step = this.#currentStep();
    step.requests++;
    if (hasFailed) step.failed++;
    if (step.askers.size < MIN_ASKERS) step.askers.add(asker());
    const watched = this.#watched;
    if (watched === undefined || watched.next.candidate !== candidate) return;
    watched.requests++;
    if (hasFailed) {
      watched.failed++;
      if (watched.failedFor.size < MIN_ASKERS) watched.failedFor.add(asker());
    }
    const { before, requests, failed, worse } = watched;
    if (requests < watched.minRequests || watched.failedFor.size < watched.minAskers) return;
    if (ratio(watched) - ratio(before) <= MAX_RISE) return;
    worse({ before, after: { requests, failed } });
    this.end();
  }

  #currentStep(): Step {
    const nowMs = performance.now();
    const last = this.#steps.at(-1);
    if (last !== undefined && nowMs - last.startMs < this.#windowMs / STEPS) return last;
    const step = { startMs: nowMs, requests: 0, failed: 0, askers: new Set<string>() };
    this.#steps.push(step);
    this.#forget(nowMs);
    return step;
  }

  #countBefore(): RequestCount {
    this.#forget(performance.now());
    const sum = (key: 'requests' | 'failed') => this.#steps.reduce((total, step) => total + step[key], 0);
    return { requests: sum('requests'), failed: sum('failed') };
  }

  #forget(nowMs: number): void {
    while (this.#steps[0] !== undefined && nowMs - this.#steps[0].startMs > this.#windowMs) this.#steps.shift();
  }
}

const ratio = ({ requests, failed }: RequestCount): number => (requests === 0 ? 0 : failed / requests);
