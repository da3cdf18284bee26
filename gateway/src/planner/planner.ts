import type { QueryPlan } from '@apollo/query-planner';
import { EXECUTION_LIMITS, type ExecutionLimits } from '../limits/execution-limits.ts';
import type { NormalOperation } from './normal-operation.ts';
import { GATEWAY_ITSELF, type PlanAsker, PlanAskers, planPriority, whoOf } from './plan-askers.ts';
import { PlanQueue, type WaitingPlan } from './plan-queue.ts';
import { shapeOf } from './plan-shape.ts';
import type { PlanCommand } from './planner-messages.ts';
import type { PlannerThread } from './planner-thread.ts';
import type { PlannerThreads } from './planner-threads.ts';
import { PlanningError } from './planning-error.ts';

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

interface WaitingOperation extends WaitingPlan, PromiseWithResolvers<QueryPlan> {
  /** As `planKey` gives it. */
  readonly key: string;
  readonly command: PlanCommand;
}

/** Plans the operations of one supergraph, off the event loop. */
export class Planner {
  /** The schema that clients see. Rejects with PlanningError for a supergraph that no planner can be built for. */
  readonly ready: Promise<string>;
  readonly #supergraphSdl: string;
  readonly #threads: PlannerThreads;
  readonly #limits: PlanSizeLimits;
  readonly #planning = new Map<string, WaitingOperation>();
  readonly #queue = new PlanQueue<WaitingOperation>();
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
   * @param asker Default: the gateway itself
   * @throws PlanningError
   */
  async plan(
    operation: Pick<NormalOperation, 'text'>,
    labels: OverrideLabels = NO_LABELS,
    asker: PlanAsker | PlanAskers = GATEWAY_ITSELF,
  ): Promise<QueryPlan> {
    const { text } = operation;
    if (text === '') return { kind: 'QueryPlan' };
    const key = planKey(operation, labels);
    const known = this.#planning.get(key);
    if (known !== undefined) {
      known.askers.add(asker);
      return known.promise;
    }
    const refusal = this.#refusals.get(key);
    if (refusal !== undefined && refusal.until > performance.now()) throw refusal.error;
    const askers = new PlanAskers(asker);
    const first = askers.first();
    if (first === undefined) throw left();
    const who = whoOf(first);
    const planned = Promise.withResolvers<QueryPlan>();
    const drop = () => {
      this.#planning.delete(key);
      planned.reject(left());
    };
    const waiting = { ...planned, askers, who, key, command: { text, overrides: [...labels] }, drop };
    if (!this.#queue.join(waiting, planPriority(first))) {
      throw new PlanningError('overloaded', 'Too many operations wait for a plan.');
    }
    this.#planning.set(key, waiting);
    this.#turn = this.#turn.then(() => this.#planNext());
    return planned.promise;
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

  /** Plans what is first in the queue by now. */
  async #planNext(): Promise<void> {
    const next = this.#queue.take();
    if (next === undefined) return;
    const beganMs = performance.now();
    try {
      next.resolve(await this.#planned(next.command));
    } catch (error) {
      this.#refuse(next.key, error);
      next.reject(error);
    }
    this.#planning.delete(next.key);
    this.#queue.charge(next, performance.now() - beganMs);
  }

  async #planned(command: PlanCommand): Promise<QueryPlan> {
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

const left = () => new PlanningError('left', 'Nobody waits for the plan any more.');

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
