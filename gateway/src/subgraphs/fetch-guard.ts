import { trace } from '@opentelemetry/api';
import type { CounterSeries, Logger, Metrics } from '@tributary/service-kit';
import { OversizedQueries } from '../resilience/oversized-queries.ts';
import { QuickestAnswers } from '../resilience/quickest-answers.ts';
import type { ResilienceOptions } from '../resilience/resilience-options.ts';
import { RetryBudget } from '../resilience/retry-budget.ts';
import { type AdmittedFetch, SubgraphBreakers, type Verdict } from '../resilience/subgraph-breakers.ts';
import { AnswerTooLarge } from './answer-too-large.ts';
import { FetchError } from './fetch-error.ts';

export interface FetchGuardParts {
  subgraph: string;
  options: ResilienceOptions;
  log: Logger;
  metrics: Metrics;
}

/** A fetch that was not refused, for the one who tells how it ended. */
export interface GuardedFetch extends AdmittedFetch {
  readonly query: string;
  /** By it the breaker of its query finds out whether answers are still too large. */
  readonly isSizeProbe: boolean;
}

/** With so much time, a fetch that does not end says something of the subgraph; with less, of the request. */
export const TELLING_MS = 500;

/** Decides which fetches a subgraph is sent, by how those before them ended. Times are those of `performance.now()`. */
export class FetchGuard {
  readonly budget: RetryBudget;
  readonly breakers: SubgraphBreakers | undefined;
  readonly #oversized: OversizedQueries | undefined;
  readonly #subgraph: string;
  readonly #quickest = new QuickestAnswers();
  readonly #rejected: Readonly<Record<'breaker' | 'deadline', CounterSeries>>;

  constructor({ subgraph, options, log, metrics }: FetchGuardParts) {
    const { breaker, retryShare } = options;
    this.#subgraph = subgraph;
    this.budget = new RetryBudget(retryShare);
    this.breakers = breaker.enabled ? new SubgraphBreakers({ subgraph, log, ...breaker }) : undefined;
    const { failureShare: share, windowMs } = breaker;
    this.#oversized = breaker.enabled ? new OversizedQueries({ share, windowMs }) : undefined;
    const rejected = (reason: string) =>
      metrics.counter('graphql_subgraph_fetches_rejected_total', { subgraph, reason });
    this.#rejected = { breaker: rejected('breaker'), deadline: rejected('deadline') };
  }

  /** @throws FetchError for one that must not be sent, or could not end before the deadline. */
  admit(
    { query, types }: { query: string; types: readonly string[] },
    deadlineMs: number,
    nowMs: number,
  ): GuardedFetch {
    const leftMs = deadlineMs - nowMs;
    // One that has no time at all is no news of the subgraph.
    if (leftMs > 0 && leftMs < this.#quickest.quickMs) {
      this.#quickest.doubt();
      this.#reject('deadline', 'it takes longer than what is left');
    }
    const admission = this.breakers?.admit(types, nowMs) ?? 'free';
    if (admission === 'refused') this.#reject('breaker', 'its breaker is open');
    const sizes = this.#oversized?.admit(query, nowMs) ?? 'free';
    const fetch = { query, types, admission, startedMs: nowMs, isSizeProbe: sizes === 'probe' };
    if (sizes === 'refused') {
      this.breakers?.settle(fetch, 'unknown', nowMs);
      this.#reject('breaker', 'answers to it were too large a moment ago');
    }
    return fetch;
  }

  /** @param isUnavailable its status says that nobody was there to answer */
  answered(fetch: GuardedFetch, isUnavailable: boolean, nowMs: number): void {
    if (!isUnavailable) this.#quickest.add(nowMs - fetch.startedMs);
    this.breakers?.settle(fetch, isUnavailable ? 'failed' : 'answered', nowMs);
    if (isUnavailable) this.#oversized?.released(fetch.query, fetch.isSizeProbe, nowMs);
    else this.#oversized?.answered(fetch.query, fetch.isSizeProbe, nowMs);
  }

  failed(fetch: GuardedFetch, error: FetchError, isUnconnected: boolean, nowMs: number): void {
    let verdict: Verdict = isUnconnected ? 'unconnected' : verdictOf(error);
    if (error instanceof AnswerTooLarge) {
      const isNews = this.#oversized?.tooLarge(fetch.query, fetch.isSizeProbe, nowMs) ?? true;
      if (!isNews && fetch.admission !== 'probe') verdict = 'unknown';
    } else this.#oversized?.released(fetch.query, fetch.isSizeProbe, nowMs);
    this.breakers?.settle(fetch, verdict, nowMs);
  }

  /** Answers to that query are known to be too large at the moment. */
  isOversized(query: string): boolean {
    return this.#oversized?.isOpen(query) === true;
  }

  /** No connection was made in one of the two attempts that a fetch has. */
  unconnected(nowMs: number): void {
    this.breakers?.unconnected(nowMs);
  }

  #reject(why: 'breaker' | 'deadline', reason: string): never {
    this.#rejected[why].inc();
    trace.getActiveSpan()?.addEvent('fetch rejected', { 'graphql.subgraph.name': this.#subgraph, reason: why });
    throw new FetchError(why === 'breaker' ? 'unavailable' : 'deadline', reason, undefined, true);
  }
}

const verdictOf = ({ isOwn }: FetchError): Verdict => (isOwn ? 'unknown' : 'failed');
