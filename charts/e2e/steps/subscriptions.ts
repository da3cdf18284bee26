import { setTimeout as delay } from 'node:timers/promises';
import { startFollowers } from '../followers.ts';
import { replacePods } from '../replace-pods.ts';
import type { Step } from './step.ts';

/** Longer than the ingress waits for an answer that is no stream (`istio.ingress.timeout`). */
const QUIET_MS = 20_000;

/** Customers follow their orders live for longer than they may wait for an answer, and while every pod of the gateway is replaced. */
export const subscriptions: Step = {
  name: 'subscriptions',
  async run(graph) {
    const { cluster, release } = graph;
    const [gateway] = await cluster.list(
      'deployment',
      `app.kubernetes.io/name=gateway,app.kubernetes.io/part-of=${release},version=v1`,
    );
    const followers = await startFollowers(graph);
    await delay(QUIET_MS);
    const seconds = await replacePods(cluster, gateway);
    const { longestMs, text } = await followers.stop();
    if (longestMs < QUIET_MS) throw new Error(`no connection was open for ${QUIET_MS / 1000} s`);
    return `${text}\ngateway replaced in ${seconds} s; the longest connection was open for ${(longestMs / 1000).toFixed(0)} s`;
  },
};
