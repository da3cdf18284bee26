// `npm run canary -- start|shift|promote|abort SERVICE`: a subgraph and its schema beside the version that serves
// (docs/canary.md). It asks helm and kubectl, which have to be on the path, and the cluster of the current context.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type CanaryOptions, canaryOptions } from './canary/canary-options.ts';
import { abortValues, promoteValues, type ReleaseValues, shiftValues, startValues } from './canary/canary-values.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'tributary-canary-'));

try {
  const options = canaryOptions(process.argv.slice(2));
  for (const values of stepsOf(options)) upgrade(options, values);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true });
}

function stepsOf(options: CanaryOptions): object[] {
  const { step, service, weight } = options;
  if (step === 'start') return [startValues({ service, tag: options.tag, ...supergraphs(options) })];
  const current = currentValues(options);
  if (step === 'shift') return [shiftValues(service, weight, current)];
  return step === 'promote' ? promoteValues(service, current) : [abortValues(service, current)];
}

/** Refuses a schema by which somebody breaks, or that does not compose. */
function supergraphs({ release, namespace, against }: CanaryOptions): { stableSdl: string; canarySdl: string } {
  run('npm', ['run', '--silent', 'graph', '--', 'check', '--against', against], 'inherit');
  const file = join(scratch, 'supergraph.graphql');
  run('npm', ['run', '--silent', 'graph', '--', 'compose', '--out', file], 'inherit');
  const configMap = JSON.parse(
    run('kubectl', ['get', 'configmap', `${release}-gateway-supergraph`, '--namespace', namespace, '--output', 'json']),
  );
  return { stableSdl: configMap.data['supergraph.graphql'], canarySdl: readFileSync(file, 'utf8') };
}

const currentValues = ({ release, namespace }: CanaryOptions): ReleaseValues =>
  JSON.parse(run('helm', ['get', 'values', release, '--namespace', namespace, '--output', 'json'])) ?? {};

/** Waits until all pods of it are ready. */
function upgrade({ release, namespace, chart, dryRun }: CanaryOptions, values: object): void {
  const file = join(scratch, 'values.yaml');
  writeFileSync(file, stringify(values));
  const keep = ['--reset-then-reuse-values', '--wait', '--timeout', '5m'];
  const args = ['upgrade', release, chart, '--namespace', namespace, '--values', file, ...keep];
  console.log(`helm ${args.join(' ')}\n${stringify(values, (_, value) => shortened(value))}`);
  if (!dryRun) run('helm', args, 'inherit');
}

const shortened = (value: unknown) =>
  typeof value === 'string' && value.length > 200 ? `${value.slice(0, 60)} … (${value.length} characters)` : value;

function run(command: string, args: readonly string[], output: 'pipe' | 'inherit' = 'pipe'): string {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', output, 'inherit'] });
  if (result.status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed`);
  return result.stdout;
}
