import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterObject } from '../cluster.ts';
import { allAnswered, type Graph, startClients } from '../graph.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

/** What has one pod by its nature cannot leave a node unnoticed: it is not what is shown. The clients are such a pod too. */
const SINGLE = 'postgres,nats,sandbox-provider,helm-test';

const LOAD_AFTER_MS = 10_000;

/** Every pod of the graph's services leaves a node while clients ask, one at a time, as their budgets want. */
export const drainNode: Step = {
  name: 'drain-node',
  async run(graph) {
    const { cluster, release } = graph;
    const pods = await cluster.list('pod', `app.kubernetes.io/part-of=${release},version=v1`);
    const node = mostCommon(pods.map(({ spec }) => spec.nodeName));
    // Few: a pod of each service starts on the other node at the same time.
    const load = await startClients(graph, 'drain', { workers: 2, pauseMs: 50 });
    const startedMs = performance.now();
    const budgets = watchBudgets(graph);
    const selector = `app.kubernetes.io/part-of=${release},app.kubernetes.io/name notin (${SINGLE})`;
    try {
      await cluster.kubectl(
        ...['drain', node, '--pod-selector', selector, '--ignore-daemonsets', '--delete-emptydir-data'],
        ...['--timeout', '240s'],
      );
    } finally {
      await budgets.end();
      await cluster.kubectl('uncordon', node);
    }
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    const fewest = budgets.fewest();
    await until('every service to be whole again', 120_000, async () => {
      const deployments = await cluster.list('deployment', `app.kubernetes.io/part-of=${release}`);
      return deployments.every(({ status }) => status.readyReplicas === status.replicas) ? true : undefined;
    });
    // An emptied node is over in seconds, in which two cores hardly do anything but start pods.
    await delay(LOAD_AFTER_MS);
    const answers = allAnswered('meanwhile', await load.stop(), 50);
    return `${node} was empty after ${seconds} s; ${answers}; of no service fewer than ${fewest} pods were ready`;
  },
};

const mostCommon = (names: string[]): string =>
  names.toSorted((a, b) => names.filter((name) => name === b).length - names.filter((name) => name === a).length)[0] ??
  '';

/**
 * Looks at the budgets until `end`. A budget asks for more while an HPA adds pods, which takes none away, so that each is held
 * to what it asked for first.
 *
 * @throws Error from `fewest` when one was broken: fewer pods ready than it asks for
 */
function watchBudgets({ cluster, release }: Graph) {
  let isOver = false;
  let fewest = Number.POSITIVE_INFINITY;
  const askedFirst = new Map<string, number>();
  const broken = new Set<string>();
  const watching = (async () => {
    while (!isOver) {
      const budgets: ClusterObject[] = await cluster
        .list('poddisruptionbudget', `app.kubernetes.io/part-of=${release}`)
        // Looked at again soon; without any look, `fewest` says so.
        .catch(() => []);
      for (const { metadata, status } of budgets) {
        const asked = Math.min(askedFirst.get(metadata.name) ?? status.desiredHealthy, status.desiredHealthy);
        askedFirst.set(metadata.name, asked);
        fewest = Math.min(fewest, status.currentHealthy);
        if (status.currentHealthy < asked)
          broken.add(`${metadata.name} (${status.currentHealthy} of ${asked} that it asks for)`);
      }
      await delay(200);
    }
  })();
  return {
    async end(): Promise<void> {
      isOver = true;
      await watching;
    },
    fewest(): number {
      if (broken.size > 0) throw new Error(`fewer pods ready than their budget asks for: ${[...broken].join(', ')}`);
      if (fewest === Number.POSITIVE_INFINITY) throw new Error('the budgets could not be looked at');
      return fewest;
    },
  };
}
