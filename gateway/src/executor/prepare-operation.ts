import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { NormalOperation } from '../planner/normal-operation.ts';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { CompiledPlan } from './compiled-plan.ts';
import { introspection } from './introspection.ts';
import { compileProjection } from './projection.ts';
import { type ClientError, ProjectionRun } from './projection-run.ts';
import { runPlan } from './run-plan.ts';
import type { AskSubgraph, SubgraphPace } from './subgraph-access.ts';

/** What an operation came to: `data` as JSON text. */
export interface OperationResult {
  readonly data: string;
  readonly errors: readonly ClientError[];
  /** The bytes of an answer without errors, made by the first who sends it: those who share the answer share them. */
  body?: Buffer;
}

/** An operation that is ready to be executed, as often as one likes. */
export interface PreparedOperation {
  /** @param variables those of the client, coerced */
  execute(
    variables: Readonly<Record<string, unknown>>,
    ask: AskSubgraph,
    patienceMs: SubgraphPace['patienceMs'],
  ): Promise<OperationResult>;
}

export interface OperationParts {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  normal: NormalOperation;
  plan: CompiledPlan;
  /** As clients see it. */
  schema: GraphQLSchema;
  types: SupergraphTypes;
}

export function prepareOperation(parts: OperationParts): PreparedOperation {
  const { document, operation, normal, plan, schema, types } = parts;
  const rootType = schema.getRootType(operation.operation);
  if (rootType == null) throw new Error(`the schema has no ${operation.operation}`);
  const project = compileProjection(normal.selection, rootType.name, schema);
  const introspectWith = introspection(schema, document, operation);
  return {
    async execute(variables, ask, patienceMs) {
      const all = { ...normal.literals, ...variables };
      for (const [name, own] of normal.renamed) if (Object.hasOwn(variables, own)) all[name] = variables[own];
      const result = await runPlan(plan, all, types, ask, patienceMs);
      const run = new ProjectionRun(result, normal.selection, all, introspectWith(variables));
      // In this order: the errors are those of the pass.
      const data = project(run);
      return { data, errors: run.errors };
    },
  };
}
