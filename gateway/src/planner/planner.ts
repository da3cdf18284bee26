import type { QueryPlan } from '@apollo/query-planner';
import { EXECUTION_LIMITS, type ExecutionLimits } from '../limits/execution-limits.ts';
import type { NormalOperation } from './normal-operation.ts';
import { shapeOf } from './plan-shape.ts';
import type { PlanCommand } from './planner-messages.ts';
import type { PlannerThread } from './planner-thread.ts';
import type { PlannerThreads } from './planner-threads.ts';
import { PlanningError } from './planning-error.ts';

/** Operations that may wait to be planned. At some 20 ms each, the last of them waits for four seconds. */
const MAX_WAITING = 200;
/** So long, and for so many, it is remembered what was too complex: planning it again would hold up the others again. */
const REFUSED_MS = 60_000;
const MAX_REFUSED = 1000;

export type PlanSizeLimits = Pick<ExecutionLimits, 'planFetches' | 'planDepth'>;

/** Which labels of `@override(label:)` are on. */
export type OverrideLabels = ReadonlyMap<string, boolean>;

export const NO_LABELS: OverrideLabels = new Map();

/** What plans are kept under: everything that one depends on beside the supergraph. */
export function planKey({ text }: Pick<NormalOperation, 'text'>, labels: OverrideLabels = NO_LABELS): string {
  const on = [...labels].flatMap(([label, isOn]) => (isOn ? [label] : [])).sort();
  return on.length === 0 ? text : `${JSON.stringify(on)} ${text}`;
}

/** Plans the operations of one supergraph, off the event loop. */
export class Planner {
  /** The schema that clients see. Rejects with PlanningError for a supergraph that no planner can be built for. */
  readonly ready: Promise<string>;
  readonly #supergraphSdl: string;
  readonly #threads: PlannerThreads;
  readonly #limits: PlanSizeLimits;
  readonly #planning = new Map<string, Promise<QueryPlan>>();
  readonly #refusals = new Map<string, { readonly error: PlanningError; readonly until: number }>();
  #thread: PlannerThread;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param limits of each plan; default: those of `EXECUTION_LIMITS` */
  constructor(supergraphSdl: string, threads: PlannerThreads, limits: PlanSizeLimits = EXECUTION_LIMITS) {
    this.#limits = limits;
    this.#supergraphSdl = supergraphSdl;
    this.#threads = threads;
    this.#thread = threads.take();
    this.ready = this.#thread.load(supergraphSdl);
  }

  /**
   * Those who ask for the same while it is planned get the one plan.
   *
   * @throws PlanningError
   */
  async plan(operation: Pick<NormalOperation, 'text'>, labels: OverrideLabels = NO_LABELS): Promise<QueryPlan> {
    const { text } = operation;
    if (text === '') return { kind: 'QueryPlan' };
    const key = planKey(operation, labels);
    const planning = this.#planning.get(key);
    if (planning !== undefined) return planning;
    const refusal = this.#refusals.get(key);
    if (refusal !== undefined && refusal.until > performance.now()) throw refusal.error;
    if (this.#planning.size >= MAX_WAITING)
      throw new PlanningError('overloaded', 'Too many operations wait for a plan.');
    const planned = this.#turn.then(() => this.#planNext({ text, overrides: [...labels] }));
    this.#planning.set(key, planned);
    this.#turn = planned.then(
      () => {},
      (error: unknown) => this.#refuse(key, error),
    );
    void this.#turn.then(() => this.#planning.delete(key));
    return planned;
  }

  /**
   * The schema that clients of a version line see. Operations that are to be planned wait for it.
   *
   * @throws PlanningError where something of the line needs what is not in it
   */
  cut(major: number): Promise<string> {
    const cut = this.#turn.then(() => {
      if (this.#isClosed) throw new PlanningError('closed', 'The planner was closed.');
      this.#replaceBroken();
      return this.#thread.cut(major);
    });
    this.#turn = cut.then(
      () => {},
      () => {},
    );
    return cut;
  }

  /** @param key as `planKey` gives it */
  isPlanning(key: string): boolean {
    return this.#planning.has(key);
  }

  /** What waits for a plan gets none. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#threads.give(this.#thread);
  }

  async #planNext(command: PlanCommand): Promise<QueryPlan> {
    if (this.#isClosed) throw new PlanningError('closed', 'The planner was closed.');
    this.#replaceBroken();
    try {
      const plan = await this.#thread.plan(command);
      refuseLarge(plan, this.#limits);
      return plan;
    } finally {
      // At once: so the next operation waits less for it.
      this.#replaceBroken();
    }
  }

  #replaceBroken(): void {
    if (!this.#thread.isOver || this.#isClosed) return;
    this.#thread = this.#threads.take();
    // Who plans next waits for it, and learns of a failure.
    void this.#thread.load(this.#supergraphSdl);
  }

  #refuse(key: string, error: unknown): void {
    if (!(error instanceof PlanningError && error.failure === 'limit')) return;
    this.#refusals.delete(key);
    this.#refusals.set(key, { error, until: performance.now() + REFUSED_MS });
    const [oldest] = this.#refusals.keys();
    if (this.#refusals.size > MAX_REFUSED && oldest !== undefined) this.#refusals.delete(oldest);
  }
}

function refuseLarge(plan: QueryPlan, { planFetches, planDepth }: PlanSizeLimits): void {
  const { fetches, depth } = shapeOf(plan.node);
  if (fetches > planFetches) {
    const message = `The operation is too complex: its plan has more than ${planFetches} fetches.`;
    throw new PlanningError('limit', message, { limit: 'plan_fetches' });
  }
  if (depth > planDepth) {
    const message = `The operation is too complex: more than ${planDepth} fetches of its plan wait for each other.`;
    throw new PlanningError('limit', message, { limit: 'plan_depth' });
  }
}
