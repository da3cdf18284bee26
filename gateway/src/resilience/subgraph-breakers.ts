import type { Logger } from '@tributary/service-kit';
import { Circuit, type CircuitState } from './circuit.ts';
import { FailureWindow } from './failure-window.ts';
import type { BreakerOptions } from './resilience-options.ts';

/** What a fetch says of the subgraph. */
export type Verdict =
  /** It answers, be it with errors of the domain. */
  | 'answered'
  /** It was reached, and gave no answer or none that can be used. */
  | 'failed'
  /** No connection was made. */
  | 'unconnected'
  /** Nothing: the client has gone, there was hardly any time left, it was never sent. */
  | 'unknown';

/** `refused`: it must not be sent. `probe`: it is one of those by which a breaker that is not closed finds out. */
export type Admission = 'free' | 'probe' | 'refused';

/** A fetch that was not refused, for the one who tells how it ended. */
export interface AdmittedFetch {
  readonly types: readonly string[];
  readonly admission: Admission;
  readonly startedMs: number;
}

export interface SubgraphBreakersParts extends BreakerOptions {
  subgraph: string;
  log: Logger;
  /** Default `Math.random`. */
  random?: () => number;
}

interface TypeBreaker {
  readonly circuit: Circuit;
  readonly window: FailureWindow;
}

/** The label `type` of the breaker for the connection as a whole. */
const ALL_TYPES = '*';
/** So many connections that were not made, one after the other and over so long, are no single pod that has just gone. */
const UNCONNECTED = 3;
const UNCONNECTED_OVER_MS = 500;

/**
 * The breakers of one subgraph: one for each type that it is asked for, as a resolver that hangs is of one type, and one
 * for all of them that opens when no connection can be made. Times are those of `performance.now()`.
 */
export class SubgraphBreakers {
  readonly #parts: SubgraphBreakersParts;
  readonly #all: Circuit;
  readonly #byType = new Map<string, TypeBreaker>();
  /** Types that were in trouble once: all others are not worth a series. */
  readonly #known = new Set<string>();
  readonly #apart = new Set<string>();
  #unconnected = 0;
  #unconnectedSinceMs = 0;

  constructor(parts: SubgraphBreakersParts) {
    this.#parts = parts;
    this.#all = this.#circuit(ALL_TYPES, () => ({}));
  }

  /** Types whose breaker is not closed, which are not to be asked for together with others. Undefined: there are none. */
  get apart(): ReadonlySet<string> | undefined {
    return this.#apart.size === 0 ? undefined : this.#apart;
  }

  /** By type: 0 closed, 1 half-open, 2 open. Of types, those alone that were in trouble once. */
  *states(): Generator<readonly [string, CircuitState]> {
    yield [ALL_TYPES, this.#all.state];
    for (const type of this.#known) yield [type, (this.#byType.get(type) as TypeBreaker).circuit.state];
  }

  /** Before a fetch of these types. Whatever was not refused is to be settled. */
  admit(types: readonly string[], nowMs: number): Admission {
    const isFree = this.#all.isClosed && (this.#apart.size === 0 || !types.some((type) => this.#apart.has(type)));
    if (isFree) return 'free';
    const [first] = types;
    // Of several types, a failure would not tell which of them it is.
    if (types.length !== 1 && this.#apart.size > 0 && types.some((type) => this.#apart.has(type))) return 'refused';
    const circuit = first === undefined ? undefined : this.#byType.get(first)?.circuit;
    if (!this.#all.mayPass(nowMs) || circuit?.mayPass(nowMs) === false) return 'refused';
    const isProbe = this.#all.enter(nowMs);
    return circuit?.enter(nowMs) === true || isProbe ? 'probe' : 'free';
  }

  /** After a fetch that was admitted. */
  settle({ types, admission, startedMs }: AdmittedFetch, verdict: Verdict, nowMs: number): void {
    const isProbe = admission === 'probe';
    if (isProbe && !this.#all.isClosed) settleProbe(this.#all, verdict === 'failed' ? 'answered' : verdict, nowMs);
    if (verdict === 'unknown' || verdict === 'unconnected') {
      if (isProbe) for (const type of types) this.#byType.get(type)?.circuit.release(nowMs);
      return;
    }
    this.#unconnected = 0;
    for (const type of types) {
      const { circuit, window } = this.#of(type);
      if (circuit.isClosed) {
        if (startedMs >= circuit.closedMs && window.add(nowMs, verdict === 'failed')) circuit.trip(nowMs);
      } else if (isProbe) settleProbe(circuit, verdict, nowMs);
    }
  }

  /** An attempt to connect failed; a fetch may make two. */
  unconnected(nowMs: number): void {
    if (this.#unconnected === 0) this.#unconnectedSinceMs = nowMs;
    this.#unconnected++;
    if (!this.#all.isClosed || this.#unconnected < UNCONNECTED) return;
    if (nowMs - this.#unconnectedSinceMs >= UNCONNECTED_OVER_MS) this.#all.trip(nowMs);
  }

  #of(type: string): TypeBreaker {
    const known = this.#byType.get(type);
    if (known !== undefined) return known;
    const { windowMs, failureShare: share, minimumFetches: minimum } = this.#parts;
    const window = new FailureWindow({ windowMs, share, minimum });
    const circuit = this.#circuit(type, (state) => {
      const counts = { fetches: window.total, failed: window.failed };
      this.#known.add(type);
      if (state === 'closed') {
        this.#apart.delete(type);
        window.clear();
      } else this.#apart.add(type);
      return counts;
    });
    const breaker = { circuit, window };
    this.#byType.set(type, breaker);
    return breaker;
  }

  #circuit(type: string, changed: (state: CircuitState) => object): Circuit {
    const { subgraph, log, random } = this.#parts;
    return new Circuit({
      ...(random && { random }),
      changed: (state, before) => {
        const fields = { subgraph, type, ...changed(state) };
        if (state === 'closed') log.info(fields, 'breaker closed');
        else if (before === 'closed') log.warn(fields, 'breaker opened');
        else log.debug(fields, state === 'open' ? 'breaker stays open' : 'breaker lets a fetch pass');
      },
    });
  }
}

function settleProbe(circuit: Circuit, verdict: Verdict, nowMs: number): void {
  if (verdict === 'answered') circuit.close(nowMs);
  else if (verdict === 'unknown') circuit.release(nowMs);
  else circuit.trip(nowMs);
}
