import { CodedError } from '@tributary/service-kit';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { MAX_COST } from '../config/max-cost.ts';
import type { NormalOperation } from '../planner/normal-operation.ts';
import { PlanningError } from '../planner/planning-error.ts';
import { actualCost } from './actual-cost.ts';
import { type Amount, amountFor, type Variables } from './amount.ts';
import type { CostDirectives } from './cost-directives.ts';
import { compileEstimate, type EstimateOptions } from './estimate.ts';
import { FieldRules } from './field-rules.ts';

/** What one operation costs. */
export interface OperationCost {
  /** @throws CodedError BAD_USER_INPUT where a slicing argument is missing that there has to be */
  estimate(variables: Variables): number;
  /** @param data of an answer, read from its JSON text */
  actual(data: unknown, variables: Variables): number;
}

/** A supergraph as some clients see it, with what it says of costs. */
export interface CostedView {
  readonly schema: GraphQLSchema;
  readonly candidate: { readonly costs: CostDirectives };
  /** @throws PlanningError for what is too large, written out */
  normal(document: DocumentNode, operation: OperationDefinitionNode): NormalOperation;
}

/** Costs by one view of a supergraph, each operation compiled once. */
export class CostModel {
  readonly #view: CostedView;
  readonly #rules: FieldRules;
  readonly #options: EstimateOptions;
  readonly #operations = new WeakMap<OperationDefinitionNode, OperationCost>();

  constructor(view: CostedView, options: EstimateOptions) {
    this.#view = view;
    this.#rules = new FieldRules(view.schema, view.candidate.costs);
    this.#options = options;
  }

  /** @throws CodedError QUERY_PLAN_COMPLEXITY_EXCEEDED for what is too large, written out */
  of(document: DocumentNode, operation: OperationDefinitionNode): OperationCost {
    const known = this.#operations.get(operation);
    if (known !== undefined) return known;
    const normal = this.#normal(document, operation);
    const compiled = this.#compile(normal, compileEstimate(normal, this.#view.schema, this.#rules, this.#options));
    this.#operations.set(operation, compiled);
    return compiled;
  }

  #compile(normal: NormalOperation, estimate: Amount): OperationCost {
    const { schema } = this.#view;
    const named = variablesOf(normal);
    return {
      estimate: (variables) => bounded(amountFor(estimate, named(variables))),
      actual: (data, variables) => bounded(actualCost(data, normal, schema, this.#rules, named(variables))),
    };
  }

  #normal(document: DocumentNode, operation: OperationDefinitionNode): NormalOperation {
    try {
      return this.#view.normal(document, operation);
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error;
      throw new CodedError('QUERY_PLAN_COMPLEXITY_EXCEEDED', undefined, { cause: error });
    }
  }
}

const bounded = (cost: number): number => Math.min(MAX_COST, Math.max(0, cost));

/** The client's variables by the names that the operation was normalised with. */
function variablesOf({ renamed }: NormalOperation): (variables: Variables) => Variables {
  if (renamed.size === 0) return (variables) => variables;
  return (variables) => {
    const all = { ...variables };
    for (const [name, own] of renamed) all[name] = variables[own];
    return all;
  };
}
