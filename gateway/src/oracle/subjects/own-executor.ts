import { Supergraph } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { type ExecutionResult, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { drawLabels } from '../../engine/override-labels.ts';
import { compilePlan } from '../../executor/compiled-plan.ts';
import { type OperationResult, type PreparedOperation, prepareOperation } from '../../executor/prepare-operation.ts';
import { Recordings } from '../../executor/replay/recordings.ts';
import type { AskSubgraph } from '../../executor/subgraph-access.ts';
import { normaliseOperation } from '../../planner/normalise-operation.ts';
import { planFunction } from '../../planner/plan-function.ts';
import { SUPPORTED_FEATURES } from '../../planner/supported-features.ts';
import { supergraphTypes } from '../../supergraph/supergraph-types.ts';
import type { Ask } from '../subgraph.ts';
import { MAX_EVALUATED_PLANS, NotPlannedError, type StartSubject } from '../subject.ts';
import { withinTime } from '../within-time.ts';

/** Our normalisation, @apollo/query-planner in this thread, our executor. */
export const startOwnExecutor: StartSubject = async (supergraphSdl, subgraphs) => {
  const supergraph = Supergraph.build(supergraphSdl, {
    supportedFeatures: new Set(SUPPORTED_FEATURES),
    validateSupergraph: false,
  });
  const schema = supergraph.apiSchema().toGraphQLJSSchema();
  // As in the planner's thread, but that a thread is ended sooner.
  const makePlanner = () => planFunction(supergraphSdl, { debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS } });
  let planOf = makePlanner();
  const types = supergraphTypes(parse(supergraphSdl));
  const ask = askAny(subgraphs);
  let count = 0;
  return {
    async execute(source, variables) {
      const { document, operation, coerced, errors } = prepared(schema, source, variables);
      if (errors !== undefined) return { errors };
      const normal = normaliseOperation(schema, document, operation);
      const labels = drawLabels(types.overrideLabels, new Set());
      const planned = normal.text === '' ? NO_PLAN : withinTime(MAX_PLANNING_MS, () => planOf(normal.text, labels));
      if (planned === undefined) {
        planOf = makePlanner();
        throw new NotPlannedError(`no plan within ${MAX_PLANNING_MS} ms`);
      }
      const plan = compilePlan(planned, types);
      const ready = prepareOperation({ document, operation, normal, plan, schema, types });
      const isRepeated = operation.operation === 'query' && count++ % REPEATED === 0;
      const result = await (isRepeated ? executedAgain : executed)(ready, coerced, ask);
      return { data: JSON.parse(result.data), errors: result.errors } as unknown as ExecutionResult;
    },
    close: async () => {},
  };
};

const NO_PLAN: QueryPlan = { kind: 'QueryPlan' };
/** Most take milliseconds. @apollo/query-planner has operations of which no machine sees the end. */
export const MAX_PLANNING_MS = 20_000;

/** One of so many queries is executed again and again, which takes as long as five. */
const REPEATED = 5;

type Execute = (
  ready: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  ask: AskSubgraph,
) => Promise<OperationResult>;

const executed: Execute = (ready, variables, ask) => ready.execute({ variables, ask, patienceMs: () => 0 });

/** Once as it comes, and once more compared with a recording; where all is as it was, and where one answer is not. */
const executedAgain: Execute = async (ready, variables, ask) => {
  const first = await executed(ready, variables, ask);
  const replay = { recordings: new Recordings(Number.POSITIVE_INFINITY, 0), audience: () => '' };
  let asked = 0;
  /** As from a subgraph that says the same in other words. */
  const onceOtherwise: AskSubgraph = ({ expected, ...request }) =>
    ask(asked++ === first.data.length % 3 ? request : { ...request, expected });
  for (const again of [ask, ask, ask, onceOtherwise]) {
    const { data, errors } = await ready.execute({ variables, ask: again, patienceMs: () => 0, replay });
    if (data !== first.data || JSON.stringify(errors) !== JSON.stringify(first.errors)) {
      throw new Error(`a repeated execution differs: ${data} ${JSON.stringify(errors)}`);
    }
  }
  return first;
};

export function prepared(schema: GraphQLSchema, source: string, variables: Readonly<Record<string, unknown>>) {
  const document = parse(source, { noLocation: true });
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  const { coerced = {}, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return { document, operation, coerced, errors };
}

export const askAny =
  (subgraphs: ReadonlyMap<string, Ask>): AskSubgraph =>
  async ({ subgraph, query, variables, entities, expected }) => {
    const ask = subgraphs.get(subgraph);
    if (ask === undefined) throw new Error(`no subgraph ${subgraph}`);
    const { data = null, errors = [] } = await ask({ query, variables: JSON.parse(variables) });
    if (data !== null) {
      // As reading an answer does.
      for (const [key, count] of entities ?? []) data[key] ??= new Array(count).fill(null);
    }
    const body = Buffer.from(JSON.stringify({ data, errors }));
    if (expected?.equals(body)) return { data: null, errors: [], body, isExpected: true };
    return { data, errors: errors as never, body };
  };
