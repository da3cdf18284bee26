// `npm run e2e:cluster`: the charts on a real cluster. It installs, tests, breaks and upgrades, and prints what it measured.
import { fileURLToPath } from 'node:url';
import { findHelm, findKubectl } from '../testing/helm-binary.ts';
import { type Cluster, openCluster } from './cluster.ts';
import type { Graph } from './graph.ts';
import { type EndToEndOptions, endToEndOptions, USAGE } from './options.ts';
import { type Phase, phases } from './phases.ts';
import { LOAD_LABEL } from './script-pod.ts';
import { install } from './steps/install.ts';
import { uninstall } from './steps/uninstall.ts';
import { addTlsSecret } from './tls-secret.ts';

const RELEASE = 'tributary';
const LAST_LINES = 40;
const WARNING = /"level":"(?:warn|error|fatal)"/;
const VALUES = fileURLToPath(new URL('values.yaml', import.meta.url));
const INGRESS = 'istio-ingress';

const options = readOptions();
let failed = 0;
for (const phase of phases) {
  if (options.phase !== undefined && !phase.name.includes(options.phase)) continue;
  if (options.only !== undefined && !phase.steps.some(({ name }) => options.only?.includes(name))) continue;
  console.log(`\n${phase.name}`);
  failed += await runPhase(phase, options);
}
process.exit(failed === 0 ? 0 : 1);

/** Gives how many steps failed. */
async function runPhase(phase: Phase, { kubeconfig, tag, keep, only }: EndToEndOptions): Promise<number> {
  const [helm, kubectl] = [findHelm(4), findKubectl()];
  if (helm === undefined || kubectl === undefined)
    throw new Error('our packages have no helm and kubectl for this platform');
  const cluster = openCluster({ helm, kubectl, kubeconfig, namespace: phase.namespace });
  await cluster.kubectl('create', 'namespace', phase.namespace);
  const files = [...phase.valuesFiles, VALUES].flatMap((file) => ['--values', file]);
  const graph: Graph = {
    cluster,
    release: RELEASE,
    tag,
    values: [...files, '--set', `image.tag=${tag}`],
    clients: phase.clients(RELEASE, phase.inMesh ? await prepareMesh(cluster) : ''),
  };
  let failures = 0;
  for (const step of phase.steps) {
    if (step !== install && only?.includes(step.name) === false) continue;
    if (step === uninstall && keep) continue;
    const startedMs = performance.now();
    const outcome = await step.run(graph).then(
      (measured) => ({ mark: '✔', text: measured }),
      (error: Error) => ({ mark: '✘', text: error.message }),
    );
    // Those of a step that failed go on asking.
    await cluster.kubectl('delete', 'pod', '--selector', LOAD_LABEL, '--wait=false');
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    console.log(`${outcome.mark} ${step.name} (${seconds} s)\n${outcome.text.replaceAll(/^/gm, '    ')}`);
    if (outcome.mark === '✘') {
      failures++;
      console.log(await stateOf(cluster));
    }
    if (step === install && failures > 0) break;
  }
  if (!keep) await cluster.kubectl('delete', 'namespace', phase.namespace, '--timeout=180s');
  return failures;
}

/** What one would look at first where a step has failed. */
async function stateOf(cluster: Cluster): Promise<string> {
  const pods = await cluster.kubectl('get', 'pods,horizontalpodautoscalers', '--output', 'wide');
  const events = await cluster.kubectl('get', 'events', '--sort-by', '.lastTimestamp');
  const logs = await cluster.kubectl(
    ...['logs', '--selector', `app.kubernetes.io/part-of=${RELEASE}`, '--all-containers', '--prefix'],
    ...['--since', '5m', '--tail', '-1', '--max-log-requests', '50', '--ignore-errors'],
  );
  const warnings = logs.split('\n').filter((line) => WARNING.test(line));
  return [pods, ...events.split('\n').slice(-LAST_LINES), ...warnings.slice(-LAST_LINES)].join('\n');
}

/** The namespace joins the mesh, whose ingress gets a certificate. Gives the ingress's address. */
async function prepareMesh(cluster: Cluster): Promise<string> {
  await cluster.kubectl('label', 'namespace', cluster.namespace, 'istio-injection=enabled');
  await addTlsSecret(cluster, { name: 'shop-staging-tls', namespace: INGRESS, host: 'shop.staging.example.com' });
  const query = ['get', 'service', INGRESS, '--namespace', INGRESS, '--output', 'jsonpath={.spec.clusterIP}'];
  return cluster.kubectl(...query);
}

function readOptions(): EndToEndOptions {
  try {
    const stepNames = phases.flatMap(({ steps }) => steps.map(({ name }) => name));
    return endToEndOptions(process.argv.slice(2), stepNames);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}
