import { readFileSync } from 'node:fs';
import type { Graph } from './graph.ts';
import { startScriptPod } from './script-pod.ts';
import { until } from './until.ts';

export interface FollowersResult {
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
  /** Once they have heard of everything; one that has not within some seconds is a problem. */
  stop(): Promise<FollowersResult>;
}

const SCRIPT = readFileSync(new URL('follow-script.js', import.meta.url), 'utf8');
/** They finish what they have begun. */
const STOP_MS = 60_000;

/**
 * Customers who order in the graph and follow each of their orders, half of them by WebSocket and half by server-sent events.
 * Of each the first order is paid only while they have lost its connection. Each follows one when this resolves.
 */
export async function startFollowers({ cluster, tag, clients }: Graph, customers: number): Promise<Followers> {
  const pod = await startScriptPod<FollowersResult>(cluster, {
    name: 'followers',
    image: `tributary/tools:${tag}`,
    script: SCRIPT,
    env: { CUSTOMERS: String(customers) },
    ...clients,
  });
  await until('the customers to follow their orders', 60_000, async () =>
    (await pod.printed()).includes('following') ? true : undefined,
  );
  return { stop: () => pod.stop(STOP_MS) };
}
