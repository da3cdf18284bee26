import { type Identity, newId } from '@tributary/service-kit';
import type { RequestBudget } from '../limits/request-budget.ts';
import { askerOf } from '../overload/asker-of.ts';
import type { RequestAttempts } from '../overload/request-attempts.ts';
import type { Freshness } from './freshness.ts';

/** What all subgraph fetches of one request share. */
export interface FetchScope {
  readonly requestId: string;
  readonly identity: Identity;
  /** The client's own; used where no span is active. */
  readonly traceparent?: string | undefined;
  readonly canary?: string | undefined;
  /** By the clock of `performance.now()`: after this nobody waits for the answer. */
  readonly deadlineMs: number;
  /** Where fetches are of no use to anybody once the client has gone. */
  readonly departure?: Departure | undefined;
  /** What it may still ask for and read. Undefined: all it likes. */
  readonly budget?: RequestBudget | undefined;
  /** Is told how long each answer may be kept. */
  readonly freshness?: Freshness | undefined;
  /** Is told what was sent, and says how important it is. */
  readonly attempts?: RequestAttempts | undefined;
  /** Tells whoever asks from others, as `askerOf` does. Default: one of those of whom nothing is known. */
  readonly asker?: (() => string) | undefined;
}

/** Whether the client has gone. An `AbortSignal` costs several times as much, for each request and each fetch. */
export class Departure {
  readonly #listeners = new Set<() => void>();
  hasGone = false;

  leave(): void {
    this.hasGone = true;
    for (const listener of this.#listeners) listener();
  }

  add(listener: () => void): void {
    this.#listeners.add(listener);
  }

  delete(listener: () => void): void {
    this.#listeners.delete(listener);
  }
}

const PLAIN = /^[\w.:=-]{1,128}$/;

/** A header of the client's that is harmless to log and to hand on, or nothing. */
export const plainHeader = (value: unknown): string | undefined =>
  typeof value === 'string' && PLAIN.test(value) ? value : undefined;

/** The scope of a request that came through somebody else's server, made of its headers. */
export function scopeOf(
  headers: { get(name: string): string | null } | undefined,
  identity: Identity,
  deadlineMs: number,
): FetchScope {
  return {
    requestId: plainHeader(headers?.get('x-request-id')) ?? newId(),
    identity,
    traceparent: plainHeader(headers?.get('traceparent')),
    canary: plainHeader(headers?.get('canary')),
    deadlineMs: performance.now() + deadlineMs,
    asker: () => askerOf(identity, undefined),
  };
}
