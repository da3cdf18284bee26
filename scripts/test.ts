// `npm test`: every test that this machine can run in minutes. `npm test -- --long`: those in `*.long.test.ts`, which take
// more than ten seconds each, most of them as they start processes. `npm test -- --timed`: those in `*.timed.test.ts`, which
// measure how long something takes, one after the other and beside nothing else. The last lines say which lanes ran and
// which were skipped; with CI=true a missing lane is a failure. Other arguments go to Vitest: `npm test -- subgraphs/orders`.
import { configDefaults } from 'vitest/config';
import { startVitest } from 'vitest/node';
import { lanes } from './testing/lanes.ts';

const KINDS = { '--long': '.long.test.ts', '--timed': '.timed.test.ts' } as const;

const startedMs = performance.now();
const filters = process.argv.slice(2).filter((argument) => !(argument in KINDS));
const kind = Object.entries(KINDS).find(([flag]) => process.argv.includes(flag))?.[1];
const others = Object.values(KINDS).filter((each) => each !== kind);
const vitest = await startVitest('test', kind !== undefined && filters.length === 0 ? [kind] : filters, {
  run: true,
  watch: false,
  exclude: [...configDefaults.exclude, ...others.map((suffix) => `**/*${suffix}`)],
  // Long ones mostly wait for what they have started.
  ...(kind === undefined ? {} : { maxWorkers: kind === KINDS['--timed'] ? 1 : 3 }),
});
await vitest.close();
const failed = process.exitCode !== undefined && process.exitCode !== 0;
const states = vitest.state
  .getTestModules()
  .flatMap((file) => [...file.children.allTests()].map((test) => test.result().state));
const countOf = (wanted: string) => states.filter((state) => state === wanted).length;

const missing = Object.values(lanes).filter((lane) => lane.find() === undefined);
for (const lane of Object.values(lanes)) {
  console.log(
    missing.includes(lane) ? `lane ${lane.name}: SKIPPED, install ${lane.install}` : `lane ${lane.name}: ran`,
  );
}
if (kind === undefined) console.log('not among them, as they take longer: npm test -- --long, npm test -- --timed');
console.log(`npm test took ${Math.round((performance.now() - startedMs) / 1000)} s`);
console.log(`${countOf('passed')} passed, ${countOf('failed')} failed, ${countOf('skipped')} skipped`);
const laneMissingInCi = process.env.CI === 'true' && missing.some((lane) => !('optional' in lane));
if (laneMissingInCi) console.error('CI=true: a missing lane is a failure.');
process.exit(failed || laneMissingInCi ? 1 : 0);
