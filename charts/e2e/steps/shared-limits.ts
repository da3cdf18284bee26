import { allAnswered, startClients } from '../graph.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

/** Gateways share their rate limits in Redis; while it is away each limits by itself, and no request fails. */
export const sharedLimits: Step = {
  name: 'shared-limits',
  async run(graph) {
    const { cluster, release } = graph;
    const redis = `deployment/${release}-redis`;
    const countBuckets = async () => {
      const command = 'redis-cli --no-auth-warning -a "$REDIS_PASSWORD" dbsize';
      const count = Number((await cluster.kubectl('exec', redis, '--', 'sh', '-c', command)).trim());
      return count > 0 ? count : undefined;
    };
    const load = await startClients(graph, 'limits');
    const buckets = await until('limits to be kept in Redis', 60_000, countBuckets);
    await cluster.kubectl('scale', redis, '--replicas=0');
    await until('Redis to be away', 60_000, async () => {
      const pods = await cluster.list('pod', `app.kubernetes.io/name=redis,app.kubernetes.io/part-of=${release}`);
      return pods.length === 0 ? true : undefined;
    });
    await cluster.kubectl('scale', redis, '--replicas=1');
    await cluster.kubectl('rollout', 'status', redis, '--timeout=120s');
    await until('limits to be kept in Redis again', 90_000, countBuckets);
    return `${buckets} buckets in Redis; ${allAnswered('with, without and with it again', await load.stop(), 100)}`;
  },
};
