import { expect, it } from 'vitest';
import { CASES_PER_GRAPH, runCases } from './run-cases.ts';
import { noCounts, startDeferringExecutor } from './subjects/deferring-executor.ts';

/** Graphs on which something was wrong once: errors below a null, a root that is null, objects of an interface. */
it.each([2, 9])(
  'with @defer and @stream here and there, all payloads together are the answer without them (graph %d)',
  async (seed) => {
    const counts = noCounts();
    const { differences, reports } = await runCases(startDeferringExecutor(counts), seed, CASES_PER_GRAPH);
    expect([...differences, ...reports]).toEqual([]);
    expect(counts.inParts).toBeGreaterThan(CASES_PER_GRAPH / 4);
    expect(counts.payloads).toBeGreaterThan(counts.inParts);
  },
  60_000,
);
