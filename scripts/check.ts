// `npm run check`: lint and format, types, generated files and migrations up to date. Exits 1 with what to do.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chartVersionFindings } from '../charts/testing/chart-version.ts';
import { loadEventCatalogue } from '../schema/src/index.ts';
import { brokenPromises } from './event-contracts/broken-promises.ts';
import { catalogueFindings } from './event-contracts/catalogue-findings.ts';
import { allGeneratedFiles } from './generate/all-generated-files.ts';
import { eventSchemas } from './generate/event-schemas.ts';
import { isUpToDate } from './generate/is-up-to-date.ts';
import { subgraphsWithMigrationDrift } from './generate/migration-drift.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const steps: { name: string; passes(): Promise<boolean> | boolean }[] = [
  {
    name: 'lint and format (Biome)',
    passes: () => run('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  },
  { name: 'types (TypeScript)', passes: () => run('node_modules/typescript/bin/tsc', '-p', '.') },
  { name: 'generated files', passes: generatedFilesAreCurrent },
  { name: 'events', passes: eventsAreCompatible },
  { name: 'trusted documents', passes: () => graph('compose', '--check') },
  { name: 'schema lint', passes: () => graph('lint') },
  { name: 'mesh edges', passes: () => graph('mesh', '--check') },
  { name: 'chart versions', passes: chartVersionsAreHigher },
  { name: 'migrations', passes: migrationsAreCurrent },
];

let failed = false;
for (const { name, passes } of steps) {
  const startedMs = performance.now();
  const passed = await passes();
  failed ||= !passed;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}
process.exit(failed ? 1 : 0);

function run(script: string, ...args: string[]): boolean {
  return spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status === 0;
}

function graph(...args: string[]): boolean {
  return run('--import', './packages/service-kit/register.mjs', 'schema/src/main.ts', ...args);
}

async function generatedFilesAreCurrent(): Promise<boolean> {
  try {
    const stale = (await allGeneratedFiles(root)).filter((file) => !isUpToDate(root, file));
    for (const { path } of stale) console.error(`${path} is out of date: npm run generate`);
    return stale.length === 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}

async function eventsAreCompatible(): Promise<boolean> {
  try {
    const catalogue = await loadEventCatalogue(root);
    const { findings, compared } = brokenPromises(root, eventSchemas(root, catalogue));
    if (compared === 0) console.log('no earlier event schemas to compare with: git has none here');
    const all = [...catalogueFindings(catalogue), ...findings];
    for (const finding of all) console.error(finding);
    return all.length === 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}

function chartVersionsAreHigher(): boolean {
  const findings = chartVersionFindings(root);
  for (const finding of findings) console.error(finding);
  return findings.length === 0;
}

async function migrationsAreCurrent(): Promise<boolean> {
  const drifted = await subgraphsWithMigrationDrift(root);
  for (const name of drifted) {
    console.error(`subgraphs/${name}/src/tables.ts has no migration yet: npm run migration -- ${name} WHAT_CHANGES`);
  }
  return drifted.length === 0;
}
