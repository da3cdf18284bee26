export type CircuitState = 'closed' | 'half-open' | 'open';

export interface CircuitParts {
  /** Is told of each change, also of one from open to open again. */
  changed?: (state: CircuitState, before: CircuitState) => void;
  /** Default `Math.random`. */
  random?: () => number;
}

/** It stays open for 1 s, then 2, then 4: a subgraph that returns is asked again within that time. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 4000;
/** So much of a pause is left to chance: gateways that opened together shall not probe together. */
const JITTER = 0.25;
/** While one probe hangs, the next one follows. */
const PROBE_EVERY_MS = 1000;
/** Closed for so long, it begins with the first pause again. */
const CALM_MS = 10_000;

/**
 * The states of a breaker, without the reasons for them (docs/adr/0028). Closed, everything passes. Open, nothing does
 * until its pause is over; then single probes pass, one of which closes it or begins a longer pause.
 */
export class Circuit {
  readonly #parts: CircuitParts;
  #state: CircuitState = 'closed';
  #nextProbeMs = 0;
  #closedMs = Number.NEGATIVE_INFINITY;
  #openings = 0;

  constructor(parts: CircuitParts = {}) {
    this.#parts = parts;
  }

  get state(): CircuitState {
    return this.#state;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Since when; what began before has nothing to say any more. */
  get closedMs(): number {
    return this.#closedMs;
  }

  /** Whether something could `enter` now. */
  mayPass(nowMs: number): boolean {
    return this.#state === 'closed' || nowMs >= this.#nextProbeMs;
  }

  /** @returns whether it is a probe, of which the circuit wants to hear how it ended. Only after `mayPass`. */
  enter(nowMs: number): boolean {
    if (this.#state === 'closed') return false;
    this.#nextProbeMs = nowMs + PROBE_EVERY_MS;
    if (this.#state === 'open') this.#become('half-open');
    return true;
  }

  /** There is reason enough to open it, or a probe failed. What fails while it is open has begun before. */
  trip(nowMs: number): void {
    if (this.#state === 'open') return;
    if (this.#state === 'closed' && nowMs - this.#closedMs >= CALM_MS) this.#openings = 0;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#openings);
    this.#openings++;
    this.#nextProbeMs = nowMs + pauseMs * (1 - JITTER * (this.#parts.random ?? Math.random)());
    this.#become('open');
  }

  /** A probe was answered. */
  close(nowMs: number): void {
    if (this.#state === 'closed') return;
    this.#closedMs = nowMs;
    this.#become('closed');
  }

  /** A probe ended without saying anything: another one may follow at once. */
  release(nowMs: number): void {
    if (this.#state === 'half-open') this.#nextProbeMs = nowMs;
  }

  #become(state: CircuitState): void {
    const before = this.#state;
    this.#state = state;
    this.#parts.changed?.(state, before);
  }
}
