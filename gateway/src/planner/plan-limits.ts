import type { PlanLimits } from './planner-thread.ts';

const MIB = 1024 ** 2;
/** Enough for a supergraph of thousands of fields; what needs more of it is on its way to take all there is. */
const MAX_HEAP_MIB = 512;
/** Below it the planner of such a supergraph is not even loaded. */
const MIN_HEAP_MIB = 64;

/**
 * What one plan may take. The planner's heap is a quarter of the container's memory, 512 MiB at most: while supergraphs
 * change there are two planners, and the other half is for requests. With more, a container would be killed for an
 * operation that is too complex, in place of refusing it.
 *
 * @param processBytes as `processMemory` tells
 */
export function planLimits(processBytes: number): PlanLimits {
  const quarterMiB = Math.floor(processBytes / 4 / MIB);
  return { timeMs: 5000, heapMiB: Math.min(MAX_HEAP_MIB, Math.max(MIN_HEAP_MIB, quarterMiB)) };
}
