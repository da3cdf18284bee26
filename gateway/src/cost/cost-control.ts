import { type Context, type SpanContext, trace } from '@opentelemetry/api';
import type { Metrics, Observe } from '@tributary/service-kit';
import type { CostConfig } from '../config/cost-config.ts';
import { LimitExceeded } from '../limits/limit-exceeded.ts';
import { type CostedView, CostModel, type OperationCost } from './cost-model.ts';

/** Of so many executed operations, one is measured; none for a while after another. */
const SAMPLED = 100;
const PAUSE_MS = 50;
/** In characters: a longer answer would keep others waiting while it is read once more. */
const MAX_SAMPLED = 256 * 1024;

/** As `extensions.cost` tells it. */
export interface CostReport {
  readonly estimated: number;
  /** Left out where nothing was executed, or the answer is too long to be counted. */
  readonly actual?: number;
  readonly max: number;
}

/** An exchange that was executed. */
interface Executed {
  /** Undefined where it was not estimated. */
  readonly operationCost: OperationCost | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly result: { readonly data: string };
  readonly request: { readonly traceContext: Context };
}

/** What operations may cost, and what they turn out to. */
export class CostControl {
  readonly max: number;
  readonly #isEnforced: boolean;
  readonly #assumedListSize: number;
  readonly #models = new WeakMap<CostedView, CostModel>();
  readonly #observeEstimated: Observe;
  readonly #observeActual: Observe;
  #untilSample = 0;
  #sampledMs = Number.NEGATIVE_INFINITY;

  constructor({ mode, maxPerRequest, assumedListSize }: CostConfig, metrics: Metrics) {
    this.max = maxPerRequest;
    this.#isEnforced = mode === 'enforce';
    this.#assumedListSize = assumedListSize;
    this.#observeEstimated = metrics.observer('graphql_operation_cost', { kind: 'estimated' });
    this.#observeActual = metrics.observer('graphql_operation_cost', { kind: 'actual' });
  }

  /** Costs by the view's supergraph. */
  modelOf(view: CostedView): CostModel {
    const known = this.#models.get(view);
    if (known !== undefined) return known;
    const model = new CostModel(view, { assumedListSize: this.#assumedListSize, isStrict: this.#isEnforced });
    this.#models.set(view, model);
    return model;
  }

  /** Counts an estimate; what its request is refused with, where it is too much. */
  check(estimated: number, span: SpanContext | undefined): LimitExceeded | undefined {
    this.#observeEstimated(estimated, span);
    if (estimated <= this.max || !this.#isEnforced) return undefined;
    const message = `The operation is estimated to cost ${estimated}; a request may cost ${this.max}.`;
    return new LimitExceeded('cost', message, 'COST_ESTIMATED_TOO_EXPENSIVE');
  }

  /** Measures an exchange that is over, now and then. */
  sample({ operationCost, variables, result, request }: Executed): void {
    if (this.#untilSample-- > 0) return;
    if (operationCost === undefined || result.data.length > MAX_SAMPLED) return;
    this.#untilSample = SAMPLED - 1;
    const nowMs = performance.now();
    if (nowMs - this.#sampledMs < PAUSE_MS) return;
    this.#sampledMs = nowMs;
    const actual = operationCost.actual(JSON.parse(result.data), variables);
    this.#observeActual(actual, trace.getSpanContext(request.traceContext));
  }
}
