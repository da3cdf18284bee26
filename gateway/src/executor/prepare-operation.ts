import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { ContentCoding } from '../http/content-coding.ts';
import type { IncrementalResult } from '../incremental/incremental-result.ts';
import type { NormalOperation } from '../planner/normal-operation.ts';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { CompiledPlan } from './compiled-plan.ts';
import { Delivery } from './defer/delivery.ts';
import type { TypesApart } from './entity-types.ts';
import { introspection } from './introspection.ts';
import { compileProjection } from './projection.ts';
import { type ClientError, ProjectionRun } from './projection-run.ts';
import type { Recordings } from './replay/recordings.ts';
import { runPlan } from './run-plan.ts';
import type { AskSubgraph, SubgraphPace } from './subgraph-access.ts';
import { wantedOf } from './wanted-of.ts';

/** What an operation came to: `data` as JSON text. */
export interface OperationResult {
  readonly data: string;
  readonly errors: readonly ClientError[];
  /** The bytes of an answer without errors, made by the first who sends it: those who share the answer share them. */
  body?: Buffer;
  /** The same, compressed by the first who wants it so. */
  compressed?: Map<ContentCoding, Promise<Buffer>>;
  /** To be told how many bytes a compressed form has, where the result is kept. */
  grew?: (bytes: number) => void;
}

export interface Execution {
  /** Those of the client, coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ask: AskSubgraph;
  readonly patienceMs: SubgraphPace['patienceMs'];
  /** See `ExecutionLimits`. */
  readonly entitiesPerFetch?: number;
  readonly apart?: TypesApart;
  /** Where executions are kept, to be compared with; and for whom this one is. */
  readonly replay?: { readonly recordings: Recordings; audience(): string } | undefined;
}

/** An operation that is ready to be executed, as often as one likes. */
export interface PreparedOperation {
  readonly plan: CompiledPlan;
  /** The values of the plan's variables, by those of the client's. */
  values(variables: Execution['variables']): Record<string, unknown>;
  execute(execution: Execution): Promise<OperationResult>;
  /** Undefined where nothing is delivered later. */
  readonly executeIncrementally: ((execution: Execution) => Promise<IncrementalResult>) | undefined;
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
  const isWanted = wantedOf(normal.selection);
  const id = nextId++;
  let lastLength = 0;
  const values = (variables: Execution['variables']) => {
    const all = { ...normal.literals, ...variables };
    for (const [name, own] of normal.renamed) if (Object.hasOwn(variables, own)) all[name] = variables[own];
    return all;
  };
  return {
    plan,
    values,
    executeIncrementally: normal.isDeferred ? executedIncrementally : undefined,
    async execute({ variables, ask, patienceMs, apart, entitiesPerFetch, replay }) {
      const run = async (askSubgraph: AskSubgraph) => {
        const result = await executed(variables, askSubgraph, patienceMs, apart, entitiesPerFetch);
        lastLength = result.data.length;
        return result;
      };
      if (replay === undefined || lastLength < replay.recordings.worthRecording) return run(ask);
      const key = `${id} ${replay.audience()} ${JSON.stringify(variables)}`;
      return key.length > MAX_KEY ? run(ask) : replay.recordings.execute(key, { plan, ask, run });
    },
  };

  function executedIncrementally(execution: Execution): Promise<IncrementalResult> {
    const { variables, ask, patienceMs, apart, entitiesPerFetch } = execution;
    const all = values(variables);
    const introspect = introspectWith(variables);
    const delivery = new Delivery({
      ...{ plan, project, selection: normal.selection },
      passOver: (result) => new ProjectionRun(result, normal.selection, all, introspect),
    });
    runPlan(plan, all, types, ask, patienceMs, isWanted, apart, entitiesPerFetch, delivery).catch((error: unknown) =>
      delivery.fail(error),
    );
    return delivery.first;
  }

  async function executed(
    variables: Execution['variables'],
    ask: AskSubgraph,
    patienceMs: Execution['patienceMs'],
    apart: TypesApart | undefined,
    entitiesPerFetch: number | undefined,
  ): Promise<OperationResult> {
    const all = values(variables);
    const result = await runPlan(plan, all, types, ask, patienceMs, isWanted, apart, entitiesPerFetch);
    const run = new ProjectionRun(result, normal.selection, all, introspectWith(variables));
    // In this order: the errors are those of the pass.
    const data = project(run);
    return { data, errors: run.errors };
  }
}

let nextId = 0;
/** Characters. */
const MAX_KEY = 2048;
