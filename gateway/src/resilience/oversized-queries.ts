import { Circuit } from './circuit.ts';
import { FailureWindow } from './failure-window.ts';

export interface OversizedQueriesOptions {
  /** From 0 to 1: of the answers to one query, within `windowMs`. */
  share: number;
  windowMs: number;
  /** Default `Math.random`. */
  random?: () => number;
}

interface Query {
  readonly circuit: Circuit;
  readonly window: FailureWindow;
}

/** One may be an accident; each is up to 10 MiB that were read for nothing. */
const MINIMUM = 2;
/** That are in trouble at the same time; beyond, the one that has been for longest is forgotten. */
const MAX_QUERIES = 100;

/**
 * The queries to one subgraph whose answers were too large, by their text (variables are not in it), each with a breaker
 * of its own: whoever asks for too much shall not stop what others ask of the same type. Nothing is known of queries
 * that never were, so that they cost nothing. Times are those of `performance.now()`.
 */
export class OversizedQueries {
  readonly #options: OversizedQueriesOptions;
  readonly #queries = new Map<string, Query>();

  constructor(options: OversizedQueriesOptions) {
    this.#options = options;
  }

  /** Whether what is under way may as well be given up. */
  isOpen(query: string): boolean {
    return this.#queries.size > 0 && this.#queries.get(query)?.circuit.state === 'open';
  }

  /** Before it is sent. `probe`: it is to be settled as one. */
  admit(query: string, nowMs: number): 'free' | 'probe' | 'refused' {
    const circuit = this.#queries.size === 0 ? undefined : this.#queries.get(query)?.circuit;
    if (circuit === undefined) return 'free';
    if (!circuit.mayPass(nowMs)) return 'refused';
    return circuit.enter(nowMs) ? 'probe' : 'free';
  }

  /** It was answered, and not with too much. */
  answered(query: string, isProbe: boolean, nowMs: number): void {
    const known = this.#queries.size === 0 ? undefined : this.#queries.get(query);
    if (known === undefined) return;
    known.window.add(nowMs, false);
    if (isProbe) known.circuit.close(nowMs);
    if (known.circuit.isClosed && (isProbe || known.window.failed === 0)) this.#queries.delete(query);
  }

  /** Nothing was learned of how large its answers are. */
  released(query: string, isProbe: boolean, nowMs: number): void {
    if (isProbe) this.#queries.get(query)?.circuit.release(nowMs);
  }

  /**
   * Its answer was too large.
   *
   * @returns whether that is news of the subgraph: it is once for each query, as long as that is known
   */
  tooLarge(query: string, isProbe: boolean, nowMs: number): boolean {
    const known = this.#queries.get(query);
    const { circuit, window } = known ?? this.#add(query);
    const isTooMany = window.add(nowMs, true);
    if (isProbe || (circuit.isClosed && isTooMany)) circuit.trip(nowMs);
    return known === undefined;
  }

  #add(query: string): Query {
    const [oldest] = this.#queries.keys();
    if (this.#queries.size >= MAX_QUERIES && oldest !== undefined) this.#queries.delete(oldest);
    const { random, ...window } = this.#options;
    const added = {
      circuit: new Circuit(random && { random }),
      window: new FailureWindow({ ...window, minimum: MINIMUM }),
    };
    this.#queries.set(query, added);
    return added;
  }
}
