import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { AuthorizationOptions } from '../authorization/authorization-options.ts';
import { Authorizer } from '../authorization/authorizer.ts';
import type { Denial } from '../authorization/denial.ts';
import { DocumentCache } from '../documents/document-cache.ts';
import type { CompiledPlan } from '../executor/compiled-plan.ts';
import { type PreparedOperation, prepareOperation } from '../executor/prepare-operation.ts';
import { othersFirst } from '../others-first.ts';
import type { DeferredWhen } from '../planner/collected-field.ts';
import type { NormalOperation } from '../planner/normal-operation.ts';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { GATEWAY_ITSELF, type PlanAsker, PlanAskers } from '../planner/plan-askers.ts';
import { type OverrideLabels, planKey } from '../planner/planner.ts';
import { PlanningError, type PlanningFailure } from '../planner/planning-error.ts';
import type { Candidate } from './candidate.ts';
import type { PlanLookup } from './plan-metrics.ts';

/** What is to be executed, and how it is planned. */
export interface AskedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly labels: OverrideLabels;
  /** What the caller may not see of it. Default: nothing. */
  readonly denial?: Denial | undefined;
  /** Variables of `if:` by which `@defer` and `@stream` are on. Default: nothing is delivered later. */
  readonly deferredWhen?: DeferredWhen | undefined;
}

/**
 * A supergraph as some clients see it: all of it, or one version line. What hangs on the schema is each view's own; plans
 * are the supergraph's, and all views share them.
 */
export class SchemaView {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentCache;
  readonly candidate: Candidate;
  /** Undefined where everybody may see everything. */
  readonly authorizer: Authorizer | undefined;
  /** By the labels that are on, of which there are usually none. What is denied of an operation makes it another one. */
  readonly #operations = new WeakMap<
    OperationDefinitionNode | Denial,
    Map<string, PreparedOperation | Promise<PreparedOperation>>
  >();
  /** Of those that are to be planned first. */
  readonly #askers = new WeakMap<Promise<PreparedOperation>, PlanAskers>();
  readonly #normal = new WeakMap<OperationDefinitionNode | Denial, NormalOperation>();

  /** @param share of the memory for documents that it gets, where there are several views. Default: all of it */
  constructor(candidate: Candidate, schema: GraphQLSchema, authorization?: AuthorizationOptions, share = 1) {
    this.candidate = candidate;
    this.documents = new DocumentCache(candidate.memory.documents * share, candidate.memory.refusals * share);
    this.schema = schema;
    const { requirements } = candidate;
    this.authorizer =
      requirements && new Authorizer(requirements, schema, new Map(Object.entries(authorization?.policies ?? {})));
  }

  /**
   * The operation of a valid document, ready to be executed; a promise where it is to be planned first.
   *
   * @param asker who waits for it. Default: the gateway itself
   * @param lookedUp is told whether its plan was there. Default: nobody is
   * @throws PlanningError
   */
  operation(
    asked: AskedOperation,
    asker: PlanAsker | PlanAskers = GATEWAY_ITSELF,
    lookedUp: (lookup: PlanLookup) => void = () => {},
  ): PreparedOperation | Promise<PreparedOperation> {
    const seen = asked.denial ?? asked.operation;
    const variants = this.#operations.get(seen) ?? new Map<string, PreparedOperation | Promise<PreparedOperation>>();
    this.#operations.set(seen, variants);
    const variant = variantOf(asked.labels, asked.deferredWhen);
    const known = variants.get(variant);
    if (known !== undefined && this.#mayJoin(known, asker)) {
      lookedUp(known instanceof Promise ? 'shared' : 'hit');
      return known;
    }
    const askers = new PlanAskers(asker);
    const prepared = this.#prepare(asked, askers, lookedUp);
    variants.set(variant, prepared);
    if (prepared instanceof Promise) {
      this.#askers.set(prepared, askers);
      prepared.then(
        (ready) => variants.set(variant, ready),
        () => variants.get(variant) === prepared && variants.delete(variant),
      );
    }
    return prepared;
  }

  /** One for which nobody waits is about to be dropped. */
  #mayJoin(known: PreparedOperation | Promise<PreparedOperation>, asker: PlanAsker | PlanAskers): boolean {
    if (!(known instanceof Promise)) return true;
    const askers = this.#askers.get(known);
    if (askers?.first() === undefined) return false;
    askers.add(asker);
    return true;
  }

  /**
   * The operation of a valid document as it is planned and answered.
   *
   * @param denial what the caller may not see of it. Default: nothing
   * @param deferredWhen see `operation`
   * @throws PlanningError for one that is too large when it is written out
   */
  normal(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    denial?: Denial,
    deferredWhen?: DeferredWhen,
  ): NormalOperation {
    // It is prepared once.
    if (deferredWhen !== undefined)
      return normaliseOperation(this.schema, document, operation, denial?.withhold, deferredWhen);
    const seen = denial ?? operation;
    const known = this.#normal.get(seen);
    if (known !== undefined) return known;
    const normal = normaliseOperation(this.schema, document, operation, denial?.withhold);
    this.#normal.set(seen, normal);
    return normal;
  }

  /** By which plan an operation was executed; undefined where it has not been. With labels on, one of several. */
  planOf(operation: OperationDefinitionNode | Denial): CompiledPlan | undefined {
    for (const variant of this.#operations.get(operation)?.values() ?? []) {
      if (!(variant instanceof Promise)) return variant.plan;
    }
    return undefined;
  }

  /** As it is planned without labels. */
  plan(document: DocumentNode, operation: OperationDefinitionNode, denial?: Denial): Promise<QueryPlan> {
    return this.candidate.planner.plan(this.normal(document, operation, denial));
  }

  #prepare(
    asked: AskedOperation,
    askers: PlanAskers,
    lookedUp: (lookup: PlanLookup) => void,
  ): PreparedOperation | Promise<PreparedOperation> {
    const { schema } = this;
    const { document, operation, labels, denial, deferredWhen } = asked;
    const { types, plans, planFetches } = this.candidate;
    const normal = this.normal(document, operation, denial, deferredWhen);
    const key = planKey(normal, labels);
    const known = plans.get(key);
    const atOnce = () => this.operation({ ...asked, deferredWhen: undefined }, askers);
    const ready = (plan: CompiledPlan) => {
      const prepared = prepareOperation({ document, operation, normal, schema, types, plan, planFetches });
      // Where all is fetched at once, there is nothing to wait for.
      return deferredWhen === undefined || prepared.executeIncrementally !== undefined ? prepared : atOnce();
    };
    if (known !== undefined) {
      lookedUp('hit');
      return ready(known);
    }
    const { planner } = this.candidate;
    lookedUp(planner.isPlanning(key) ? 'shared' : 'miss');
    const planned = planner.plan(normal, labels, askers).then(async (plan) => {
      const compiled = this.candidate.keep(key, plan);
      await othersFirst();
      return ready(compiled);
    });
    if (!normal.isDeferred) return planned;
    // @apollo/query-planner has no plan for some: who may ask for it in parts may have it at once.
    return planned.catch((error: unknown) => {
      if (!(error instanceof PlanningError) || !UNPLANNED.has(error.failure)) throw error;
      return atOnce();
    });
  }
}

const UNPLANNED: ReadonlySet<PlanningFailure> = new Set(['failed', 'limit']);

const variantOf = (labels: OverrideLabels, deferredWhen: DeferredWhen | undefined): string =>
  (labels.size === 0 ? '' : planKey({ text: '' }, labels)) +
  (deferredWhen === undefined ? '' : ` @defer ${[...deferredWhen].sort().join()}`);
