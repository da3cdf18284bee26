import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterObject } from '../cluster.ts';
import type { Graph } from '../graph.ts';
import { allAnswered, startClients } from '../graph.ts';
import { until } from '../until.ts';
import { CHART } from './install.ts';
import type { Step } from './step.ts';

/** The kubelet looks at ConfigMaps about once a minute. */
const SERVED_WITHIN_MS = 150_000;

/** Another supergraph in the ConfigMap is served without a restart, and a broken one is not. */
export const newSupergraph: Step = {
  name: 'new-supergraph',
  async run(graph) {
    const { cluster, release } = graph;
    const sdl = readFileSync(join(CHART, 'supergraph.graphql'), 'utf8');
    const before = await gatewayPods(graph);
    const load = await startClients(graph, 'supergraph');
    const startedMs = performance.now();
    try {
      await replaceSupergraph(graph, `${sdl}\n"""Of another supergraph."""\ndirective @tried on FIELD_DEFINITION\n`);
      await until('the new supergraph to be adopted by every pod', SERVED_WITHIN_MS, () =>
        counted(graph, before, 'adopted', 2),
      );
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      await replaceSupergraph(graph, 'type Query {');
      await until('the broken one to be refused by every pod', SERVED_WITHIN_MS, () =>
        counted(graph, before, 'refused', 1),
      );
      const answers = allAnswered('meanwhile', await load.stop(), 200);
      const pods = (await stillThere(graph, before)).length;
      return `served by each of ${pods} pods after ${seconds} s without a restart, a broken one refused; ${answers}`;
    } finally {
      await replaceSupergraph(graph, sdl);
      await cluster.kubectl('rollout', 'status', `deployment/${release}-gateway`, '--timeout=60s');
    }
  },
};

async function replaceSupergraph({ cluster, release }: Graph, sdl: string): Promise<void> {
  const patch = JSON.stringify({ data: { 'supergraph.graphql': sdl } });
  await cluster.kubectl('patch', 'configmap', `${release}-gateway-supergraph`, '--type', 'merge', '--patch', patch);
}

const gatewayPods = async ({ cluster, release }: Graph) =>
  cluster.list('pod', `app.kubernetes.io/name=gateway,app.kubernetes.io/part-of=${release}`);

/**
 * Those of the pods that the HPA has left. One that it adds starts with the ConfigMap as it then is, and has adopted one
 * supergraph only.
 *
 * @throws Error when one was restarted, or none is left
 */
async function stillThere(graph: Graph, before: readonly ClusterObject[]): Promise<ClusterObject[]> {
  const restarts = new Map(before.map((pod) => [pod.metadata.name, restartsOf(pod)]));
  const pods = (await gatewayPods(graph)).filter(({ metadata }) => restarts.has(metadata.name));
  const restarted = pods.filter((pod) => restartsOf(pod) !== restarts.get(pod.metadata.name));
  if (restarted.length > 0) throw new Error(`${restarted.map(({ metadata }) => metadata.name)} restarted`);
  if (pods.length === 0) throw new Error('no pod is left of those from before');
  return pods;
}

const restartsOf = ({ status }: ClusterObject): number => status.containerStatuses[0].restartCount;

/** Whether each of the gateways that is still there has counted so many updates with an outcome. */
async function counted(
  graph: Graph,
  before: readonly ClusterObject[],
  outcome: string,
  atLeast: number,
): Promise<true | undefined> {
  for (const { metadata } of await stillThere(graph, before)) {
    const metrics = await graph.cluster.kubectl(
      'exec',
      metadata.name,
      '--container',
      'gateway',
      '--',
      'node',
      '-e',
      READ_METRICS,
    );
    const count = new RegExp(`^graph_supergraph_updates_total\\{.*outcome="${outcome}".*\\} (\\d+)`, 'm').exec(
      metrics,
    )?.[1];
    if (Number(count ?? 0) < atLeast) return undefined;
  }
  return true;
}

const READ_METRICS = "fetch('http://127.0.0.1:9400/metrics').then((r) => r.text()).then((t) => console.log(t))";
