import { parseOperation, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner, type QueryPlannerConfig } from '@apollo/query-planner';
import { type DocumentNode, parse } from 'graphql';
import { restorePlan } from './restore-plan.ts';
import { separateRequired } from './separate-required.ts';
import { SUPPORTED_FEATURES } from './supported-features.ts';

/** Plans a canonical operation. `overrides` are labels of `@override(label:)`, and whether each is on. */
export type PlanOperation = (text: string, overrides?: Iterable<readonly [label: string, isOn: boolean]>) => QueryPlan;

/**
 * What plans for one supergraph, with @apollo/query-planner, in this thread.
 *
 * @param built of the same SDL, where that was done
 * @throws Error for what is no supergraph
 */
export function planFunction(
  supergraphSdl: string,
  config: Pick<QueryPlannerConfig, 'debug'> = {},
  built?: Supergraph,
): PlanOperation {
  const separated = separateRequired(parse(supergraphSdl));
  const isOther = separated.originals.size > 0;
  const supergraph = isOther || built === undefined ? supergraphOf(separated.supergraph) : built;
  const apiSchema = supergraph.apiSchema();
  // Canonical operations have no fragments to reuse. Without the other, a fetch below objects of one type is made for all.
  const options = {
    ...{ reuseQueryFragments: false, typeConditionedFetching: true },
    incrementalDelivery: { enableDefer: true },
    ...config,
  };
  const planner = new QueryPlanner(supergraph, options);
  return (text, overrides = []) => {
    // It was valid before it became canonical.
    const operation = parseOperation(apiSchema, text, { validate: false });
    const plan = planner.buildQueryPlan(operation, { overrideConditions: new Map(overrides) });
    // As JSON: an absent member is none, and nothing in it has a class.
    return restorePlan(JSON.parse(JSON.stringify(plan)), separated);
  };
}

const supergraphOf = (document: DocumentNode): Supergraph =>
  Supergraph.build(document, { supportedFeatures: new Set(SUPPORTED_FEATURES), validateSupergraph: false });
