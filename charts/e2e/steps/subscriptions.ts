import { setTimeout as delay } from 'node:timers/promises';
import { type FollowersResult, startFollowers } from '../followers.ts';
import { replacePods } from '../replace-pods.ts';
import type { Step } from './step.ts';

const CUSTOMERS = 6;
/** Longer than the ingress waits for an answer that is no stream (`istio.ingress.timeout`). */
const QUIET_MS = 20_000;
/** Confirmed and paid: what happens to each customer's first order while they are away. */
const EVENTS_WHILE_AWAY = 2;
/** That the gateway stops: `1012` of a WebSocket, of server-sent events when to come again. */
const ENDS = ['1012', 'retry'];

/**
 * Customers follow their orders live while every pod of the gateway is replaced: each connection is ended with the word to come
 * again, and gone on with behind the last event, so that nobody misses a step or hears of one twice.
 */
export const subscriptions: Step = {
  name: 'subscriptions',
  async run(graph) {
    const { cluster, release } = graph;
    const [gateway] = await cluster.list(
      'deployment',
      `app.kubernetes.io/name=gateway,app.kubernetes.io/part-of=${release},version=v1`,
    );
    const followers = await startFollowers(graph, CUSTOMERS);
    await delay(QUIET_MS);
    const seconds = await replacePods(cluster, gateway);
    const result = await followers.stop();
    const problems = problemsOf(result);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    const { orders, events, eventsWhileAway, longestMs, ends } = result;
    return [
      `${events} events of ${orders} orders, none missed, none twice; ${eventsWhileAway} of them happened while their connection was lost`,
      `gateway replaced in ${seconds} s: ${ends['1012']} WebSockets closed with 1012, ${ends.retry} streams told when to come again; the longest connection was open for ${(longestMs / 1000).toFixed(0)} s`,
    ].join('\n');
  },
};

function problemsOf({ problems, ends, eventsWhileAway, longestMs }: FollowersResult): string[] {
  const others = Object.keys(ends).filter((end) => !ENDS.includes(end));
  return [
    ...problems,
    ...others.map((end) => `${ends[end]} connections ended with: ${end}`),
    ...ENDS.filter((end) => ends[end] === undefined).map((end) => `no connection ended with ${end}`),
    ...(eventsWhileAway < CUSTOMERS * EVENTS_WHILE_AWAY
      ? [`only ${eventsWhileAway} events while somebody was away`]
      : []),
    ...(longestMs < QUIET_MS ? [`no connection was open for ${QUIET_MS / 1000} s`] : []),
  ];
}
