import type { QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import type { AuthorizationOptions } from '../authorization/authorization-options.ts';
import { Authorizer } from '../authorization/authorizer.ts';
import type { Denial } from '../authorization/denial.ts';
import { DocumentCache } from '../documents/document-cache.ts';
import type { CompiledPlan } from '../executor/compiled-plan.ts';
import { type PreparedOperation, prepareOperation } from '../executor/prepare-operation.ts';
import { othersFirst } from '../others-first.ts';
import type { NormalOperation } from '../planner/normal-operation.ts';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { NO_LABELS, type OverrideLabels, planKey } from '../planner/planner.ts';
import { PlanningError } from '../planner/planning-error.ts';
import type { Candidate } from './candidate.ts';
import type { PlanLookup } from './plan-metrics.ts';

/** An operation that clients are known to ask for. */
export interface KnownOperation {
  readonly name: string;
  readonly text: string;
}

/** The one operation of a text; undefined where it is none of the schema's. */
export function validOperation(
  schema: GraphQLSchema,
  text: string,
): { document: DocumentNode; operation: OperationDefinitionNode } | undefined {
  const document = parse(text);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operation === undefined || validate(schema, document).length > 0 ? undefined : { document, operation };
}

/** All that was derived from one supergraph. A request keeps the one that it began with. */
export class Generation {
  /** As clients see it. */
  readonly schema: GraphQLSchema;
  readonly documents = new DocumentCache();
  readonly candidate: Candidate;
  /** Undefined where everybody may see everything. */
  readonly authorizer: Authorizer | undefined;
  /** By the labels that are on, of which there are usually none. What is denied of an operation makes it another one. */
  readonly #operations = new WeakMap<
    OperationDefinitionNode | Denial,
    Map<string, PreparedOperation | Promise<PreparedOperation>>
  >();
  readonly #normal = new WeakMap<OperationDefinitionNode | Denial, NormalOperation>();
  #users = 0;
  #isRetired = false;

  constructor(candidate: Candidate, schema: GraphQLSchema, authorization?: AuthorizationOptions) {
    this.candidate = candidate;
    this.schema = schema;
    const { requirements } = candidate;
    this.authorizer =
      requirements && new Authorizer(requirements, schema, new Map(Object.entries(authorization?.policies ?? {})));
  }

  /**
   * The operation of a valid document, ready to be executed; a promise where it is to be planned first.
   *
   * @param lookedUp is told whether its plan was there. Default: nobody is
   * @param denial what the caller may not see of it. Default: nothing
   * @throws PlanningError
   */
  operation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    labels: OverrideLabels,
    lookedUp: (lookup: PlanLookup) => void = () => {},
    denial?: Denial,
  ): PreparedOperation | Promise<PreparedOperation> {
    const seen = denial ?? operation;
    const variants = this.#operations.get(seen) ?? new Map<string, PreparedOperation | Promise<PreparedOperation>>();
    this.#operations.set(seen, variants);
    const variant = labels.size === 0 ? '' : planKey({ text: '' }, labels);
    const known = variants.get(variant);
    if (known !== undefined) {
      lookedUp(known instanceof Promise ? 'shared' : 'hit');
      return known;
    }
    const prepared = this.#prepare(document, operation, labels, lookedUp, denial);
    variants.set(variant, prepared);
    if (prepared instanceof Promise) {
      prepared.then(
        (ready) => variants.set(variant, ready),
        () => variants.delete(variant),
      );
    }
    return prepared;
  }

  /**
   * The operation of a valid document as it is planned and answered.
   *
   * @param denial what the caller may not see of it. Default: nothing
   * @throws PlanningError for one that is too large when it is written out
   */
  normal(document: DocumentNode, operation: OperationDefinitionNode, denial?: Denial): NormalOperation {
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

  /** Gets known operations ready. What this supergraph does not have is left out. */
  async warm(operations: readonly KnownOperation[]): Promise<void> {
    for (const { text } of operations) {
      // It would get a planner anew.
      if (this.#isRetired) return;
      const known = validOperation(this.schema, text);
      if (known === undefined) continue;
      try {
        await this.operation(known.document, known.operation, NO_LABELS);
      } catch (error) {
        if (!(error instanceof PlanningError)) throw error;
      }
    }
  }

  /** To be called by each request, which calls `leave` in the end. */
  enter(): this {
    this.#users++;
    return this;
  }

  leave(): void {
    if (--this.#users === 0 && this.#isRetired) this.candidate.rest();
  }

  /** It serves, for the first time or again. */
  serve(): this {
    this.#isRetired = false;
    return this;
  }

  /** Another one has taken its place: it ends with the last request that uses it. */
  retire(): void {
    this.#isRetired = true;
    if (this.#users === 0) this.candidate.rest();
  }

  /** As it is planned without labels. */
  plan(document: DocumentNode, operation: OperationDefinitionNode, denial?: Denial): Promise<QueryPlan> {
    return this.candidate.planner.plan(this.normal(document, operation, denial));
  }

  #prepare(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    labels: OverrideLabels,
    lookedUp: (lookup: PlanLookup) => void,
    denial: Denial | undefined,
  ): PreparedOperation | Promise<PreparedOperation> {
    const { schema } = this;
    const { types, plans } = this.candidate;
    const normal = this.normal(document, operation, denial);
    const key = planKey(normal, labels);
    const known = plans.get(key);
    const parts = { document, operation, normal, schema, types };
    if (known !== undefined) {
      lookedUp('hit');
      return prepareOperation({ ...parts, plan: known });
    }
    lookedUp(this.candidate.planner.isPlanning(key) ? 'shared' : 'miss');
    return this.candidate.planner.plan(normal, labels).then(async (plan) => {
      const compiled = this.candidate.keep(key, plan);
      await othersFirst();
      return prepareOperation({ ...parts, plan: compiled });
    });
  }
}
