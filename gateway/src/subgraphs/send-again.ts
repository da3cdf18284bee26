import { setTimeout as sleep } from 'node:timers/promises';
import type { RetryBudget } from '../resilience/retry-budget.ts';
import { FetchError } from './fetch-error.ts';
import type { PostAnswer } from './post.ts';

export interface SendAgainParts {
  /** A subgraph that may have received a mutation must not get it twice. */
  isQuery: boolean;
  budget: RetryBudget;
  /** Until nobody waits for the answer any more. */
  leftMs(): number;
  /** Is told of each attempt for which no connection was made. */
  unconnected(): void;
}

/** A subgraph that asks for more is not waited for. */
const LONGEST_WAIT_MS = 1000;
/** Of a proxy, or of a subgraph that is about to stop: another one may answer. */
const PASSING = new Set([502, 503, 504]);

/**
 * Sends once more, at most, what came to nothing by accident: what never left, as no connection was made (a pod that has
 * just ended may still be chosen for one), and of queries, as far as the budget goes, what was answered with 502, 503 or
 * 504, or whose connection was closed before an answer.
 */
export async function sendAgain(send: () => Promise<PostAnswer>, parts: SendAgainParts): Promise<PostAnswer> {
  parts.budget.save();
  let waitMs = 0;
  try {
    const answer = await send();
    if (!isPassing(answer.status) || !parts.isQuery) return answer;
    waitMs = waitOf(answer.retryAfter);
    if (waitMs > LONGEST_WAIT_MS || waitMs >= parts.leftMs() || !parts.budget.take(performance.now())) return answer;
  } catch (error) {
    if (!(error instanceof FetchError) || error.isOwn || error.outcome !== 'unavailable') throw error;
    // It has cost the subgraph nothing: the budget is for what it has to work for.
    if (wasNotSent(error.cause)) parts.unconnected();
    else if (!parts.isQuery || !parts.budget.take(performance.now())) throw error;
  }
  if (waitMs > 0) await sleep(waitMs);
  try {
    return await send();
  } catch (error) {
    if (error instanceof FetchError && wasNotSent(error.cause)) parts.unconnected();
    throw error;
  }
}

/** Whether it says that nobody is there to answer at the moment. */
export const isPassing = (status: number): boolean => PASSING.has(status);

/** By `Retry-After`: seconds, or a date. */
function waitOf(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return 0;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

export function wasNotSent(cause: unknown): boolean {
  // Of a name with several addresses, each was tried.
  if (cause instanceof AggregateError) return cause.errors.length > 0 && cause.errors.every(wasNotSent);
  const { code, syscall } = Object(cause) as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT';
}
