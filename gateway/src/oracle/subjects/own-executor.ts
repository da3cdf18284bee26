import { Supergraph } from '@apollo/federation-internals';
import { type ExecutionResult, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { drawLabels } from '../../engine/override-labels.ts';
import { compilePlan } from '../../executor/compiled-plan.ts';
import { prepareOperation } from '../../executor/prepare-operation.ts';
import type { AskSubgraph } from '../../executor/subgraph-access.ts';
import { normaliseOperation } from '../../planner/normalise-operation.ts';
import { planFunction } from '../../planner/plan-function.ts';
import { SUPPORTED_FEATURES } from '../../planner/supported-features.ts';
import { supergraphTypes } from '../../supergraph/supergraph-types.ts';
import type { Ask } from '../subgraph.ts';
import { MAX_EVALUATED_PLANS, type StartSubject } from '../subject.ts';

/** Our normalisation, @apollo/query-planner in this thread, our executor. */
export const startOwnExecutor: StartSubject = async (supergraphSdl, subgraphs) => {
  const supergraph = Supergraph.build(supergraphSdl, {
    supportedFeatures: new Set(SUPPORTED_FEATURES),
    validateSupergraph: false,
  });
  const schema = supergraph.apiSchema().toGraphQLJSSchema();
  // As in the planner's thread, but for the time it takes.
  const planOf = planFunction(supergraphSdl, { debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS } });
  const types = supergraphTypes(parse(supergraphSdl));
  const ask = askAny(subgraphs);
  return {
    async execute(source, variables) {
      const { document, operation, coerced, errors } = prepared(schema, source, variables);
      if (errors !== undefined) return { errors };
      const normal = normaliseOperation(schema, document, operation);
      const plan = compilePlan(
        normal.text === '' ? { kind: 'QueryPlan' } : planOf(normal.text, drawLabels(types.overrideLabels, new Set())),
        types,
      );
      const ready = prepareOperation({ document, operation, normal, plan, schema, types });
      const result = await ready.execute(coerced, ask, () => 0);
      return { data: JSON.parse(result.data), errors: result.errors } as unknown as ExecutionResult;
    },
    close: async () => {},
  };
};

function prepared(schema: GraphQLSchema, source: string, variables: Readonly<Record<string, unknown>>) {
  const document = parse(source, { noLocation: true });
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  const { coerced = {}, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return { document, operation, coerced, errors };
}

const askAny =
  (subgraphs: ReadonlyMap<string, Ask>): AskSubgraph =>
  async ({ subgraph, query, variables, entities }) => {
    const ask = subgraphs.get(subgraph);
    if (ask === undefined) throw new Error(`no subgraph ${subgraph}`);
    const { data = null, errors = [] } = await ask({ query, variables: JSON.parse(variables) });
    if (data !== null) {
      // As reading an answer does.
      for (const [key, count] of entities ?? []) data[key] ??= new Array(count).fill(null);
    }
    return { data, errors: errors as never, bytes: 0 };
  };
