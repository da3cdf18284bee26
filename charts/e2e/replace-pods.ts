import type { Cluster, ClusterObject } from './cluster.ts';
import { until } from './until.ts';

/** Replaces every pod of a Deployment, as a change of it would. Gives the seconds until the last of the old ones has ended. */
export async function replacePods(cluster: Cluster, { metadata }: ClusterObject): Promise<string> {
  const startedMs = performance.now();
  await cluster.kubectl('rollout', 'restart', `deployment/${metadata.name}`);
  await cluster.kubectl('rollout', 'status', `deployment/${metadata.name}`, '--timeout=120s');
  await until('the last of the old pods to end', 60_000, async () => {
    const selector = `app.kubernetes.io/name=${metadata.labels['app.kubernetes.io/name']},version=v1`;
    const pods = await cluster.list('pod', selector);
    return pods.every((pod) => pod.metadata.deletionTimestamp === undefined) ? true : undefined;
  });
  return ((performance.now() - startedMs) / 1000).toFixed(0);
}
