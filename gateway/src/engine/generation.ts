import type { QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { DocumentCache } from '../documents/document-cache.ts';
import type { CompiledPlan } from '../executor/compiled-plan.ts';
import { type PreparedOperation, prepareOperation } from '../executor/prepare-operation.ts';
import { othersFirst } from '../others-first.ts';
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
  /** By the labels that are on, of which there are usually none. */
  readonly #operations = new WeakMap<
    OperationDefinitionNode,
    Map<string, PreparedOperation | Promise<PreparedOperation>>
  >();
  #users = 0;
  #isRetired = false;

  constructor(candidate: Candidate, schema: GraphQLSchema) {
    this.candidate = candidate;
    this.schema = schema;
  }

  /**
   * The operation of a valid document, ready to be executed; a promise where it is to be planned first.
   *
   * @param lookedUp is told whether its plan was there. Default: nobody is
   * @throws PlanningError
   */
  operation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    labels: OverrideLabels,
    lookedUp: (lookup: PlanLookup) => void = () => {},
  ): PreparedOperation | Promise<PreparedOperation> {
    const variants =
      this.#operations.get(operation) ?? new Map<string, PreparedOperation | Promise<PreparedOperation>>();
    this.#operations.set(operation, variants);
    const variant = labels.size === 0 ? '' : planKey({ text: '' }, labels);
    const known = variants.get(variant);
    if (known !== undefined) {
      lookedUp(known instanceof Promise ? 'shared' : 'hit');
      return known;
    }
    const prepared = this.#prepare(document, operation, labels, lookedUp);
    variants.set(variant, prepared);
    if (prepared instanceof Promise) {
      prepared.then(
        (ready) => variants.set(variant, ready),
        () => variants.delete(variant),
      );
    }
    return prepared;
  }

  /** By which plan an operation was executed; undefined where it has not been. With labels on, one of several. */
  planOf(operation: OperationDefinitionNode): CompiledPlan | undefined {
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
  plan(document: DocumentNode, operation: OperationDefinitionNode): Promise<QueryPlan> {
    return this.candidate.planner.plan(normaliseOperation(this.schema, document, operation));
  }

  #prepare(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    labels: OverrideLabels,
    lookedUp: (lookup: PlanLookup) => void,
  ): PreparedOperation | Promise<PreparedOperation> {
    const { schema } = this;
    const { types, plans } = this.candidate;
    const normal = normaliseOperation(schema, document, operation);
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
