import type { ClusterObject } from '../cluster.ts';
import { allAnswered, type Graph, startClients } from '../graph.ts';
import { startMetricsAdapter } from '../metrics-adapter.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

const METRIC = 'requests_per_second';
/**
 * Together more than two pods are to have, and no work: the processor's share stays below its own target. Of nobody who has
 * signed in: one user may not ask so often (`rateLimit.limits`).
 */
const LOAD = { query: '{ __typename }', user: undefined, workers: 16, pauseMs: 35 };

/** The gateway's HPA reads `requests_per_second` of its pods: it adds pods under load and takes them away after it. */
export const autoscaling: Step = {
  name: 'autoscaling',
  async run(graph) {
    const { cluster, tag } = graph;
    const remove = await startMetricsAdapter(cluster, `tributary/tools:${tag}`);
    try {
      const idle = await until('the HPA to be told of every pod', 120_000, async () => {
        const now = await readAutoscaler(graph);
        return now.requestsPerSecond !== undefined && now.pods === now.fewest ? now : undefined;
      });
      const load = await startClients(graph, 'autoscaling', LOAD);
      const startedMs = performance.now();
      const seen: Reading[] = [];
      const grown = await until('more pods, all ready', 150_000, async () => {
        const now = await readAutoscaler(graph);
        seen.push(now);
        return now.pods > idle.pods && now.readyPods === now.pods ? now : undefined;
      });
      const upSeconds = secondsSince(startedMs);
      const reasons = await rescales(graph);
      if (!reasons.some((reason) => reason.includes(`pods metric ${METRIC} above target`)))
        throw new Error(`scaled up, but not by ${METRIC}: ${reasons.join('; ') || 'no event says why'}`);
      const answers = allAnswered('meanwhile', await load.stop(), 1000);
      const endedMs = performance.now();
      await until(`as few as ${idle.pods} pods`, 300_000, async () => {
        const now = await readAutoscaler(graph);
        return now.pods === idle.pods ? true : undefined;
      });
      const most = Math.max(...seen.map(({ requestsPerSecond = 0 }) => requestsPerSecond));
      return [
        `from ${idle.pods} to ${grown.pods} pods after ${upSeconds} s of load, at up to ${most} requests a second and pod, CPU at ${grown.cpu} % of the requests`,
        `back to ${idle.pods} pods ${secondsSince(endedMs)} s after it; ${answers}`,
      ].join('\n');
    } finally {
      await remove();
    }
  },
};

const secondsSince = (ms: number) => ((performance.now() - ms) / 1000).toFixed(0);

interface Reading {
  /** That there are, that there are at least, and that are ready. */
  pods: number;
  fewest: number;
  readyPods: number;
  /** For each pod. */
  requestsPerSecond: number | undefined;
  /** Percent of the requests. */
  cpu: number | undefined;
}

const nameOf = ({ release }: Graph) => `${release}-gateway`;

async function readAutoscaler(graph: Graph): Promise<Reading> {
  const find = async (kind: string): Promise<ClusterObject> => {
    const objects = await graph.cluster.list(kind, `app.kubernetes.io/part-of=${graph.release}`);
    return objects.find(({ metadata }) => metadata.name === nameOf(graph));
  };
  const { spec, status } = await find('horizontalpodautoscaler');
  const deployment = await find('deployment');
  const metrics: ClusterObject[] = status.currentMetrics ?? [];
  const pods = metrics.find((metric) => metric.pods?.metric.name === METRIC);
  const cpu = metrics.find((metric) => metric.containerResource?.name === 'cpu');
  return {
    pods: deployment.spec.replicas,
    fewest: spec.minReplicas,
    readyPods: deployment.status.readyReplicas ?? 0,
    requestsPerSecond: pods && quantity(pods.pods.current.averageValue),
    cpu: cpu?.containerResource.current.averageUtilization,
  };
}

const quantity = (text: string): number => (text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text));

/** Why the HPA changed the number of pods. */
async function rescales(graph: Graph): Promise<string[]> {
  const about = `involvedObject.kind=HorizontalPodAutoscaler,involvedObject.name=${nameOf(graph)},reason=SuccessfulRescale`;
  const events = await graph.cluster.kubectl('get', 'events', '--field-selector', about, '--output', 'json');
  return JSON.parse(events).items.map(({ message }: ClusterObject) => message);
}
