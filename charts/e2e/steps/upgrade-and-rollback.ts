import { fileURLToPath } from 'node:url';
import { chartOf, newestRelease } from '../../testing/chart-version.ts';
import { allAnswered, type Graph, startClients } from '../graph.ts';
import { CHART } from './install.ts';
import type { Step } from './step.ts';

const RELEASED = fileURLToPath(new URL('../../released', import.meta.url));

/** From the last release's chart to this one under load, with another configuration for all pods, and back: data stays. */
export const upgradeAndRollback: Step = {
  name: 'upgrade-and-rollback',
  async run(graph) {
    const { cluster, release, values } = graph;
    const previous = newestRelease(RELEASED, chartOf(CHART).name);
    if (previous === undefined) throw new Error(`${RELEASED} has no chart to upgrade from`);
    const force = await forceConflicts(graph);
    const upgrade = (chart: string, ...others: string[]) =>
      cluster.helm('upgrade', release, chart, ...values, ...others, ...force, '--wait', '--timeout', '5m');
    // The pods of 0.1.0 left connections too little time; these images can give them more.
    await upgrade(previous, '--set', 'defaults.config.server.keepAliveGrace=3s');
    const before = await versionOf(graph);
    // Few: pods of all services start at the same time.
    const load = await startClients(graph, 'upgrade', { workers: 2, pauseMs: 50 });
    await upgrade(CHART, '--set', 'defaults.config.log.level=warn');
    const after = await versionOf(graph);
    // It signs up, orders and pays: that has to be there after the way back.
    await cluster.helm('test', release, '--timeout', '2m');
    const orders = await countOrders(graph);
    await cluster.helm('rollback', release, ...force, '--wait', '--timeout', '5m');
    const answers = allAnswered('meanwhile', await load.stop(), 100);
    const left = await countOrders(graph);
    if (left < orders || orders === 0) throw new Error(`${orders} orders before the way back, ${left} after it`);
    if ((await versionOf(graph)) !== before) throw new Error(`rolled back to ${await versionOf(graph)}`);
    await cluster.helm('test', release, '--timeout', '2m');
    await upgrade(CHART);
    return `from ${before} to ${after} and back; ${answers}; ${orders} orders before the rollback and ${left} after it`;
  },
};

/** What kubectl has written into the supergraph's ConfigMap, Helm 4 takes back only when it is told to. */
const forceConflicts = async ({ cluster }: Graph): Promise<string[]> =>
  (await cluster.helm('upgrade', '--help')).includes('--force-conflicts') ? ['--force-conflicts'] : [];

/** Of the chart that is installed. */
async function versionOf({ cluster, release }: Graph): Promise<string> {
  const [{ chart }] = JSON.parse(await cluster.helm('list', '--filter', `^${release}$`, '--output', 'json'));
  return chart;
}

async function countOrders({ cluster, release }: Graph): Promise<number> {
  const sql = 'select count(*) from orders.orders';
  const answer = await cluster.kubectl(
    ...['exec', `${release}-postgres-0`, '--container', 'postgres', '--'],
    ...['psql', '--username', 'postgres', '--dbname', 'tributary', '--tuples-only', '--command', sql],
  );
  return Number(answer.trim());
}
