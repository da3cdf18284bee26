import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { DocumentCache } from '../documents/document-cache.ts';
import { compilePlan } from '../executor/compiled-plan.ts';
import { type PreparedOperation, prepareOperation } from '../executor/prepare-operation.ts';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import type { Candidate } from './candidate.ts';

/** All that was derived from one supergraph. A request keeps the one that it began with. */
export class Generation {
  /** As clients see it. */
  readonly schema: GraphQLSchema;
  readonly documents = new DocumentCache();
  readonly candidate: Candidate;
  readonly #operations = new WeakMap<OperationDefinitionNode, PreparedOperation | Promise<PreparedOperation>>();
  #users = 0;
  #isRetired = false;

  constructor(candidate: Candidate, schema: GraphQLSchema) {
    this.candidate = candidate;
    this.schema = schema;
  }

  /**
   * The operation of a valid document, ready to be executed; a promise where it is to be planned first.
   *
   * @throws PlanningError
   */
  operation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): PreparedOperation | Promise<PreparedOperation> {
    const known = this.#operations.get(operation);
    if (known !== undefined) return known;
    const prepared = this.#prepare(document, operation);
    this.#operations.set(operation, prepared);
    if (prepared instanceof Promise) {
      prepared.then(
        (ready) => this.#operations.set(operation, ready),
        () => this.#operations.delete(operation),
      );
    }
    return prepared;
  }

  /** To be called by each request, which calls `leave` in the end. */
  enter(): this {
    this.#users++;
    return this;
  }

  leave(): void {
    if (--this.#users === 0 && this.#isRetired) this.candidate.rest();
  }

  /** Another one has taken its place: it ends with the last request that uses it. */
  retire(): void {
    this.#isRetired = true;
    if (this.#users === 0) this.candidate.rest();
  }

  #prepare(document: DocumentNode, operation: OperationDefinitionNode): PreparedOperation | Promise<PreparedOperation> {
    const { schema } = this;
    const { types, plans, planner } = this.candidate;
    const normal = normaliseOperation(schema, document, operation);
    const known = plans.get(normal.text);
    const parts = { document, operation, normal, schema, types };
    if (known !== undefined) return prepareOperation({ ...parts, plan: known });
    return planner.plan(normal).then((plan) => {
      const compiled = compilePlan(plan, types);
      plans.set(normal.text, compiled, JSON.stringify(plan).length);
      return prepareOperation({ ...parts, plan: compiled });
    });
  }
}
