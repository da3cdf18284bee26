import type { Generation } from './generation.ts';

/** Requests, and those among them that had errors, before and after a swap. */
export interface Worsening {
  readonly before: RequestCount;
  readonly after: RequestCount;
}

export interface RequestCount {
  readonly requests: number;
  readonly failed: number;
}

/** Fewer say nothing yet. */
const MIN_REQUESTS = 20;
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
  requests: number;
  failed: number;
}

/** Compares how many requests fail after a swap with how many did before it. The supergraph before stays ready for so long. */
export class RollbackWatch {
  readonly #windowMs: number;
  /** Of all requests, oldest first. */
  readonly #steps: { readonly startMs: number; requests: number; failed: number }[] = [];
  #watched: Watched | undefined;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Calls `worse` once, in the turn of the request that shows it, if that happens within the window. */
  begin(previous: Generation, next: Generation, worse: Watched['worse']): void {
    this.end();
    const timer = setTimeout(() => this.end(), this.#windowMs).unref();
    const before = this.#countBefore();
    this.#watched = { previous: previous.enter(), next, before, worse, timer, requests: 0, failed: 0 };
  }

  end(): void {
    const watched = this.#watched;
    if (watched === undefined) return;
    this.#watched = undefined;
    clearTimeout(watched.timer);
    watched.previous.leave();
  }

  /** To be called with each request that was executed. */
  count({ candidate }: Pick<Generation, 'candidate'>, hasFailed: boolean): void {
    const step = this.#currentStep();
    step.requests++;
    if (hasFailed) step.failed++;
    const watched = this.#watched;
    if (watched === undefined || watched.next.candidate !== candidate) return;
    watched.requests++;
    if (hasFailed) watched.failed++;
    const { before, requests, failed, worse } = watched;
    if (requests < MIN_REQUESTS || ratio(watched) - ratio(before) <= MAX_RISE) return;
    worse({ before, after: { requests, failed } });
    this.end();
  }

  #currentStep() {
    const nowMs = performance.now();
    const last = this.#steps.at(-1);
    if (last !== undefined && nowMs - last.startMs < this.#windowMs / STEPS) return last;
    const step = { startMs: nowMs, requests: 0, failed: 0 };
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
