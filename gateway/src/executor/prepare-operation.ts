import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { ContentCoding } from '../http/content-coding.ts';
import { EXECUTION_LIMITS } from '../limits/execution-limits.ts';
import type { NormalOperation } from '../planner/normal-operation.ts';
import type { StreamUsage } from '../planner/stream-usage.ts';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { CompiledPlan } from './compiled-plan.ts';
import { Delivery } from './defer/delivery.ts';
import type { TypesApart } from './entity-types.ts';
import type { IncrementalResult } from './incremental-result.ts';
import { introspection } from './introspection.ts';
import { compileProjection } from './projection.ts';
import { type ClientError, ProjectionRun, type Streaming } from './projection-run.ts';
import type { Recordings } from './replay/recordings.ts';
import { runPlan } from './run-plan.ts';
import { type ItemCounts, slicedPlan } from './stream/sliced-plan.ts';
import { type StreamedList, streamedLists } from './stream/streamed-lists.ts';
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
  /** Of the plan with the calls that streamed lists add to it. Default: that of `EXECUTION_LIMITS`. */
  planFetches?: number;
}

export function prepareOperation(parts: OperationParts): PreparedOperation {
  const { document, operation, normal, plan, schema, types, planFetches = EXECUTION_LIMITS.planFetches } = parts;
  const rootType = schema.getRootType(operation.operation);
  if (rootType == null) throw new Error(`the schema has no ${operation.operation}`);
  const project = compileProjection(normal.selection, rootType.name, schema);
  const introspectWith = introspection(schema, document, operation);
  const isWanted = wantedOf(normal.selection);
  const lists = normal.isDeferred ? streamedLists(normal.selection, plan, planFetches) : [];
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
    executeIncrementally: isInParts(plan) || lists.length > 0 ? executedIncrementally : undefined,
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
    const counts = new Map(lists.map((list) => [list, firstOf(list, all)]));
    const streaming = streamingOf(counts);
    const sliced = slicedPlan(plan, counts);
    const delivery = new Delivery({
      ...{ plan: sliced, project, selection: normal.selection },
      passOver: (result) => new ProjectionRun(result, normal.selection, all, introspect, streaming),
    });
    runPlan(sliced, all, types, ask, patienceMs, isWanted, apart, entitiesPerFetch, delivery).catch((error: unknown) =>
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

/** Where all is fetched at once, there is nothing to wait for. */
const isInParts = ({ calls }: CompiledPlan): boolean => calls.some(({ isLater }) => isLater);

/** How many items of a list come first: where the client has it twice, as many as it wants of either. */
const firstOf = ({ usages }: StreamedList, variables: Execution['variables']): number =>
  Math.max(
    ...usages.map(({ initialCount: count }) =>
      typeof count === 'number' ? count : Number(variables[count.variable] ?? 0),
    ),
  );

const streamingOf = (counts: ItemCounts): ReadonlyMap<StreamUsage, Streaming> =>
  new Map(
    [...counts].flatMap(([list, count]) =>
      list.usages.map((usage) => [usage, { list, label: usage.label, count }] as const),
    ),
  );

let nextId = 0;
/** Characters. */
const MAX_KEY = 2048;
