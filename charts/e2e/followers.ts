import { readFileSync } from 'node:fs';
import type { Graph } from './graph.ts';
import { startScriptPod } from './script-pod.ts';
import { until } from './until.ts';

/** What the pod prints in the end. */
interface FollowersResult {
  orders: number;
  /** That they heard of. */
  events: number;
  /** That happened to what they followed while they had no connection. */
  eventsWhileAway: number;
  /** How long a connection was open, at most. */
  longestMs: number;
  /** How often connections ended: by the close code of a WebSocket, `retry` of server-sent events, or what went wrong. */
  ends: Record<string, number>;
  /** Events that they missed, or heard twice or out of order; requests that failed. */
  problems: string[];
}

export interface Followers {
  /**
   * Once they have heard of everything; one that has not within some seconds is a problem.
   *
   * @returns what they heard, for people, and how long a connection was open, at most
   * @throws Error when an event was missed or heard twice, or a connection ended by anything but the gateway's word to come again
   */
  stop(): Promise<{ text: string; longestMs: number }>;
}

const SCRIPT = readFileSync(new URL('follow-script.js', import.meta.url), 'utf8');
/** They finish what they have begun. */
const STOP_MS = 60_000;
const CUSTOMERS = 6;
/** Confirmed and paid: what happens to each customer's first order while they are away. */
const EVENTS_WHILE_AWAY = 2;
/** That the gateway stops: `1012` of a WebSocket, of server-sent events when to come again. */
const ENDS = ['1012', 'retry'];

/**
 * Customers who order in the graph and follow each of their orders, half of them by WebSocket and half by server-sent events,
 * for as long as every pod of the gateway is replaced: each connection is ended with the word to come again, and gone on with
 * behind the last event, so that nobody misses a step or hears of one twice. Of each the first order is paid only while they
 * have lost its connection. Each follows one when this resolves.
 */
export async function startFollowers({ cluster, tag, clients }: Graph): Promise<Followers> {
  const pod = await startScriptPod<FollowersResult>(cluster, {
    name: 'followers',
    image: `tributary/tools:${tag}`,
    script: SCRIPT,
    env: { CUSTOMERS: String(CUSTOMERS) },
    ...clients,
  });
  await until('the customers to follow their orders', 60_000, async () =>
    (await pod.printed()).includes('following') ? true : undefined,
  );
  return {
    async stop() {
      const result = await pod.stop(STOP_MS);
      const problems = problemsOf(result);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      const { orders, events, eventsWhileAway, longestMs, ends } = result;
      const text =
        `followed live: ${events} events of ${orders} orders, none missed, none twice, ${eventsWhileAway} of them while their connection was lost; ` +
        `${ends['1012']} WebSockets closed with 1012, ${ends.retry} streams told when to come again`;
      return { text, longestMs };
    },
  };
}

function problemsOf({ problems, ends, eventsWhileAway }: FollowersResult): string[] {
  const others = Object.keys(ends).filter((end) => !ENDS.includes(end));
  const eventsWanted = CUSTOMERS * EVENTS_WHILE_AWAY;
  return [
    ...problems,
    ...others.map((end) => `${ends[end]} connections ended with: ${end}`),
    ...ENDS.filter((end) => ends[end] === undefined).map((end) => `no connection ended with ${end}`),
    ...(eventsWhileAway < eventsWanted ? [`only ${eventsWhileAway} events while somebody was away`] : []),
  ];
}
