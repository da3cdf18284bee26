// `npm run nightly`: the long forms of tests that draw at random. First the gateway's oracle, 20,000 cases from a seed of the
// day; then what clients may send and tokens that were made up, the REST API as its documents have it, schema checks of random
// changes, `npm run mutate` and `npm run soak`; then orders while everything breaks, more than an hour. Arguments go to the latter:
// `npm run nightly -- --seed 7`.
import { spawnSync } from 'node:child_process';

const ORACLE_CASES = '20000';
const CHECK_PAIRS = '1000';
/** There are three kinds of requests, and five of tokens: more than 100,000 each. */
const FUZZ_RUNS = '35000';
/** Of each phase, for each REST operation and each seed. */
const REST_EXAMPLES = '1000';
const REST_SEEDS = 3;
const DAY_MS = 24 * 60 * 60_000;

/** Graphs of one night are not those of another. The report of a wrong answer names its seed. */
const oracleSeed = process.env.ORACLE_SEED ?? String(1000 * Math.floor(Date.now() / DAY_MS));

const STAGES: readonly { name: string; args: readonly string[]; env?: Record<string, string> }[] = [
  {
    name: `the oracle, ${ORACLE_CASES} cases from seed ${oracleSeed}`,
    args: ['scripts/test.ts', 'gateway/src/oracle/oracle.test.ts'],
    env: { ORACLE_CASES, ORACLE_SEED: oracleSeed },
  },
  {
    name: `${FUZZ_RUNS} requests and tokens of each kind`,
    args: ['scripts/test.ts', 'gateway/e2e/fuzz-http', 'gateway/e2e/fuzz-tokens'],
    env: { FUZZ_RUNS },
  },
  ...Array.from({ length: REST_SEEDS }, (_, index) => String(Number(oracleSeed) + index)).map((seed) => ({
    name: `schemathesis on the REST API, ${REST_EXAMPLES} requests of each kind from seed ${seed}`,
    args: ['scripts/test.ts', '--long', 'local/src/rest/schemathesis'],
    env: { SCHEMATHESIS_EXAMPLES: REST_EXAMPLES, SCHEMATHESIS_SEED: seed },
  })),
  {
    name: `graph check on ${CHECK_PAIRS} random changes from seed ${oracleSeed}`,
    args: ['scripts/test.ts', 'schema/src/check/safe-is-safe', 'schema/src/check/plan-inputs'],
    env: { CHECK_PAIRS, CHECK_SEED: oracleSeed },
  },
  {
    name: 'mutants of what graph check compares',
    args: ['--import', './packages/service-kit/register.mjs', 'schema/src/mutation/main.ts'],
  },
  {
    name: 'a database that is silent for a minute',
    args: ['scripts/test.ts', 'packages/service-kit/src/subgraph/database-outage'],
    env: { OUTAGE_SECONDS: '60' },
  },
  {
    name: 'ten minutes of mixed load and faults',
    args: ['--import', './packages/service-kit/register.mjs', 'gateway/soak/main.ts'],
  },
  {
    name: 'orders while everything breaks',
    args: [
      ...['--max-semi-space-size=8', '--import', './packages/service-kit/register.mjs', 'chaos/src/main.ts', '--long'],
      ...process.argv.slice(2),
    ],
  },
];

const failed = STAGES.filter(({ name, args, env = {} }) => {
  console.log(`\n=== ${name}`);
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  console.log(`=== ${name}: ${Math.round((performance.now() - startedMs) / 1000)} s, exit ${status}`);
  return status !== 0;
});
process.exit(failed.length === 0 ? 0 : 1);
