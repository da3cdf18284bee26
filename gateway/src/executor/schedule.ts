import type { CallBatch, CompiledPlan, EntityCall, PlanCall, RootCall } from './compiled-plan.ts';

export interface ScheduleParts {
  isWanted(call: PlanCall): boolean;
  /** Undefined when there is nothing to ask for. */
  callRoot(call: RootCall): Promise<void> | undefined;
  callEntities(calls: readonly EntityCall[]): Promise<void> | undefined;
  /** How long a call to a subgraph may wait for another one that could share its request. */
  patienceMs(subgraph: string): number;
  /** Is told of each call, by its index, when it has been made or is not to be. */
  ended?: ((index: number) => void) | undefined;
}

interface OpenBatch {
  readonly ready: number[];
  /** Calls that are neither ready nor done without. */
  missing: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Starts each call when those that it needs have ended. Calls of one batch share a request when the last of them is
 * ready, or those that are when the first has waited long enough.
 */
export function schedule({ calls }: CompiledPlan, parts: ScheduleParts): Promise<void> {
  const missing = calls.map(({ needs }) => needs.length);
  const dependents = dependentsOf(calls);
  const batches = new Map<CallBatch, OpenBatch>();
  let left = calls.length;
  return new Promise((resolve, reject) => {
    const end = (index: number) => {
      left--;
      parts.ended?.(index);
      for (const next of dependents[index] ?? []) {
        missing[next] = (missing[next] as number) - 1;
        if (missing[next] === 0) begin(next);
      }
      if (left === 0) resolve();
    };
    const endAfter = (indices: readonly number[], started: Promise<void> | undefined) => {
      if (started === undefined) for (const index of indices) end(index);
      else started.then(() => indices.forEach(end)).catch(reject);
    };
    const flush = (batch: OpenBatch) => {
      clearTimeout(batch.timer);
      batch.timer = undefined;
      const indices = batch.ready.splice(0);
      if (indices.length > 0) endAfter(indices, parts.callEntities(indices.map((index) => calls[index] as EntityCall)));
    };
    // Nobody else catches what is thrown on a timer: it would end the process.
    const flushLate = (batch: OpenBatch) => {
      try {
        flush(batch);
      } catch (error) {
        reject(error);
      }
    };
    const join = (index: number, { batch: { subgraph, size }, batch: key }: EntityCall, isWanted: boolean) => {
      const batch = batches.get(key) ?? { ready: [], missing: size, timer: undefined };
      batches.set(key, batch);
      batch.missing--;
      if (isWanted) batch.ready.push(index);
      if (batch.missing === 0) flush(batch);
      else if (batch.ready.length > 0) batch.timer ??= setTimeout(flushLate, parts.patienceMs(subgraph), batch);
      if (!isWanted) end(index);
    };
    const begin = (index: number) => {
      const call = calls[index] as PlanCall;
      const isWanted = parts.isWanted(call);
      if (call.kind === 'entities') join(index, call, isWanted);
      else endAfter([index], isWanted ? parts.callRoot(call) : undefined);
    };
    if (left === 0) resolve();
    for (const [index, { needs }] of calls.entries()) if (needs.length === 0) begin(index);
  });
}

function dependentsOf(calls: readonly PlanCall[]): number[][] {
  const dependents: number[][] = calls.map(() => []);
  for (const [index, { needs }] of calls.entries()) for (const needed of needs) dependents[needed]?.push(index);
  return dependents;
}
