import { startFollowers } from '../followers.ts';
import { allAnswered, startClients } from '../graph.ts';
import { replacePods } from '../replace-pods.ts';
import type { Step } from './step.ts';

/** Every pod of the gateway and of each subgraph is replaced while clients ask, and of the gateway while customers follow orders. */
export const rollingRestart: Step = {
  name: 'rolling-restart',
  async run(graph) {
    const { cluster, release } = graph;
    const deployments = await cluster.list('deployment', `app.kubernetes.io/part-of=${release},version=v1`);
    const lines: string[] = [];
    for (const deployment of deployments) {
      const { name, labels } = deployment.metadata;
      const load = await startClients(graph, labels['app.kubernetes.io/name']);
      const followers = labels['app.kubernetes.io/name'] === 'gateway' ? await startFollowers(graph) : undefined;
      const seconds = await replacePods(cluster, deployment);
      lines.push(`${allAnswered(name, await load.stop(), 100)}; replaced in ${seconds} s`);
      if (followers !== undefined) lines.push((await followers.stop()).text);
    }
    return lines.join('\n');
  },
};
