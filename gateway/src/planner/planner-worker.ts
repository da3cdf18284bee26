import { parentPort, workerData } from 'node:worker_threads';
import { parseOperation, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import type { PlanCommand, PlannerReport, PlannerWorkerData } from './planner-messages.ts';

/** Of @apollo/query-planner's own limits on what it tries. */
const LIMIT = /exceeds limit|Exceeded maximum/;

const { supergraphSdl } = workerData as PlannerWorkerData;
const supergraph = Supergraph.build(supergraphSdl, {
  supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  validateSupergraph: false,
});
const apiSchema = supergraph.apiSchema();
// Canonical operations have no fragments to reuse. Without the other, a fetch below objects of one type is made for all.
const planner = new QueryPlanner(supergraph, { reuseQueryFragments: false, typeConditionedFetching: true });

const report = (message: PlannerReport) => parentPort?.postMessage(message);

parentPort?.on('message', ({ text, overrides }: PlanCommand) => {
  try {
    // It was valid before it became canonical.
    const operation = parseOperation(apiSchema, text, { validate: false });
    const plan = planner.buildQueryPlan(operation, { overrideConditions: new Map(overrides) });
    // As JSON: an absent member is none, and nothing in it has a class.
    report({ kind: 'planned', plan: JSON.parse(JSON.stringify(plan)) });
  } catch (error) {
    const { message } = error as Error;
    report({ kind: LIMIT.test(message) ? 'refused' : 'failed', message });
  }
});
report({ kind: 'ready' });
