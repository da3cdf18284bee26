import { expect, it } from 'vitest';
import { runCases } from './run-cases.ts';
import { noCounts, startDeferringExecutor } from './subjects/deferring-executor.ts';

const SEED = Number(process.env.ORACLE_SEED ?? 1);
const CASES = Number(process.env.ORACLE_CASES ?? 1000);
/** In percent: a field with `@requires` that is deferred, on graphs that are full of them. */
const MAX_NOT_PLANNED = 15;

it('with @defer and @stream here and there, all payloads together are the answer without them', async () => {
  const counts = noCounts();
  const { differences, reports } = await runCases(startDeferringExecutor(counts), SEED, CASES);
  console.log([...differences, ...reports, JSON.stringify(counts)].join('\n'));
  expect(differences).toEqual([]);
  expect(counts.inParts / CASES).toBeGreaterThan(0.4);
  expect(counts.streamedLists / CASES).toBeGreaterThan(0.1);
  expect(counts.failedFragments).toBeGreaterThan(0);
  expect((100 * counts.notPlanned) / CASES).toBeLessThan(MAX_NOT_PLANNED);
}, 1_200_000);
