// `npm test`: every test that this machine can run in minutes. `npm test -- --long`: those in `*.long.test.ts`, which take
// more than ten seconds each, most of them as they start processes. The last lines say which lanes ran and which were
// skipped; with CI=true a missing lane is a failure. Other arguments go to Vitest: `npm test -- subgraphs/orders`.
import { configDefaults } from 'vitest/config';
import { startVitest } from 'vitest/node';
import { lanes } from './testing/lanes.ts';

const LONG = '.long.test.ts';

const startedMs = performance.now();
const filters = process.argv.slice(2).filter((argument) => argument !== '--long');
const long = process.argv.includes('--long');
const vitest = await startVitest('test', long && filters.length === 0 ? [LONG] : filters, {
  run: true,
  watch: false,
  ...(long ? {} : { exclude: [...configDefaults.exclude, `**/*${LONG}`] }),
});
await vitest.close();
const failed = process.exitCode !== undefined && process.exitCode !== 0;

const missing = Object.values(lanes).filter((lane) => lane.find() === undefined);
for (const lane of Object.values(lanes)) {
  console.log(
    missing.includes(lane) ? `lane ${lane.name}: SKIPPED, install ${lane.install}` : `lane ${lane.name}: ran`,
  );
}
if (!long) console.log(`not among them, as they take longer: npm test -- --long`);
console.log(`npm test took ${Math.round((performance.now() - startedMs) / 1000)} s`);
const laneMissingInCi = process.env.CI === 'true' && missing.some((lane) => !('optional' in lane));
if (laneMissingInCi) console.error('CI=true: a missing lane is a failure.');
process.exit(failed || laneMissingInCi ? 1 : 0);
