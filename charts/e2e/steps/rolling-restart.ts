import { allAnswered, startClients } from '../graph.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

/** Every pod of the gateway and of each subgraph is replaced while clients ask. */
export const rollingRestart: Step = {
  name: 'rolling-restart',
  async run(graph) {
    const { cluster, release } = graph;
    const deployments = await cluster.list('deployment', `app.kubernetes.io/part-of=${release},version=v1`);
    const lines: string[] = [];
    for (const { metadata } of deployments) {
      const load = await startClients(graph, metadata.labels['app.kubernetes.io/name']);
      const startedMs = performance.now();
      await cluster.kubectl('rollout', 'restart', `deployment/${metadata.name}`);
      await cluster.kubectl('rollout', 'status', `deployment/${metadata.name}`, '--timeout=120s');
      await until('the last of the old pods to end', 60_000, async () => {
        const selector = `app.kubernetes.io/name=${metadata.labels['app.kubernetes.io/name']},version=v1`;
        const pods = await cluster.list('pod', selector);
        return pods.every((pod) => pod.metadata.deletionTimestamp === undefined) ? true : undefined;
      });
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      lines.push(`${allAnswered(metadata.name, await load.stop(), 100)}; replaced in ${seconds} s`);
    }
    return lines.join('\n');
  },
};
