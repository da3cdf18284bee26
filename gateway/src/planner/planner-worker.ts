import './compile-cache.ts';
import { parentPort } from 'node:worker_threads';
import { apiSchemaSdl, lineSchemaSdl, validSupergraph } from './api-schema.ts';
import { takeLowPriority } from './low-priority.ts';
import { type PlanOperation, planFunction } from './plan-function.ts';
import type { PlannerCommand, PlannerReport } from './planner-messages.ts';

/** Of @apollo/query-planner's own limits on what it tries; the last is V8's, on the length of a list of all combinations. */
const LIMIT = /exceeds limit|Exceeded maximum|^Invalid array length$/;

// Of this thread alone, on Linux: planning takes the time that those who are served leave (docs/performance.md).
takeLowPriority();

let plan: PlanOperation | undefined;
let supergraphSdl = '';

function answer(command: PlannerCommand): PlannerReport {
  try {
    if (command.kind === 'load') {
      // Before the next one is built there is room for it.
      plan = undefined;
      supergraphSdl = command.supergraphSdl;
      // First: it says what is wrong with the supergraph, where there is something.
      const supergraph = validSupergraph(command.supergraphSdl);
      plan = planFunction(command.supergraphSdl, {}, supergraph);
      return { kind: 'loaded', apiSchemaSdl: apiSchemaSdl(supergraph) };
    }
    if (plan === undefined) return { kind: 'failed', message: 'no supergraph is loaded' };
    if (command.kind === 'cut') return { kind: 'cut', apiSchemaSdl: lineSchemaSdl(supergraphSdl, command.major) };
    const { text, overrides } = command.command;
    return { kind: 'planned', plan: plan(text, overrides) };
  } catch (error) {
    const { message } = error as Error;
    return { kind: LIMIT.test(message) ? 'refused' : 'failed', message };
  }
}

parentPort?.on('message', (command: PlannerCommand) => parentPort?.postMessage(answer(command)));
