// `npm test`: every test that this machine can run. The last lines say which lanes ran and which were skipped; with
// CI=true a missing lane is a failure. Arguments go to Vitest: `npm test -- subgraphs/orders`.
import { startVitest } from 'vitest/node';
import { lanes } from './testing/lanes.ts';

const startedMs = performance.now();
const vitest = await startVitest('test', process.argv.slice(2), { run: true, watch: false });
await vitest.close();
const failed = process.exitCode !== undefined && process.exitCode !== 0;

const missing = Object.values(lanes).filter((lane) => lane.find() === undefined);
for (const lane of Object.values(lanes)) {
  console.log(
    missing.includes(lane) ? `lane ${lane.name}: SKIPPED, install ${lane.install}` : `lane ${lane.name}: ran`,
  );
}
console.log(`npm test took ${Math.round((performance.now() - startedMs) / 1000)} s`);
const laneMissingInCi = process.env.CI === 'true' && missing.length > 0;
if (laneMissingInCi) console.error('CI=true: a missing lane is a failure.');
process.exit(failed || laneMissingInCi ? 1 : 0);
