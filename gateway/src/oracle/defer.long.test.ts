import { expect, it } from 'vitest';
import { runCases } from './run-cases.ts';
import { type DeferCounts, startDeferringExecutor } from './subjects/deferring-executor.ts';

const SEED = Number(process.env.ORACLE_SEED ?? 1);
const CASES = Number(process.env.ORACLE_CASES ?? 1000);
/** In percent: a field with `@requires` that is deferred, on graphs that are full of them. */
const MAX_NOT_PLANNED = 15;

it('with @defer here and there, all payloads together are the answer without it', async () => {
  const counts: DeferCounts = { inParts: 0, payloads: 0, failedFragments: 0, notPlanned: 0 };
  const { differences, reports } = await runCases(startDeferringExecutor(counts), SEED, CASES);
  console.log([...differences, ...reports, JSON.stringify(counts)].join('\n'));
  expect(differences).toEqual([]);
  expect(counts.inParts / CASES).toBeGreaterThan(0.4);
  expect(counts.failedFragments).toBeGreaterThan(0);
  expect((100 * counts.notPlanned) / CASES).toBeLessThan(MAX_NOT_PLANNED);
}, 1_200_000);
