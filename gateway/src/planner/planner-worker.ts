import { parentPort, workerData } from 'node:worker_threads';
import { apiSchemaSdl } from './api-schema.ts';
import { planFunction } from './plan-function.ts';
import type { PlanCommand, PlannerReport, PlannerWorkerData } from './planner-messages.ts';

/** Of @apollo/query-planner's own limits on what it tries. */
const LIMIT = /exceeds limit|Exceeded maximum/;

const { supergraphSdl } = workerData as PlannerWorkerData;
// First: it says what is wrong with the supergraph, where there is something.
const apiSchema = apiSchemaSdl(supergraphSdl);
const plan = planFunction(supergraphSdl);

const report = (message: PlannerReport) => parentPort?.postMessage(message);

parentPort?.on('message', ({ text, overrides }: PlanCommand) => {
  try {
    report({ kind: 'planned', plan: plan(text, overrides) });
  } catch (error) {
    const { message } = error as Error;
    report({ kind: LIMIT.test(message) ? 'refused' : 'failed', message });
  }
});
report({ kind: 'ready', apiSchemaSdl: apiSchema });
