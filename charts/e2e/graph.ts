import type { Cluster } from './cluster.ts';
import type { LoadOptions, LoadResult } from './load.ts';
import { startLoad } from './load.ts';
import type { ClientOptions } from './script-pod.ts';

/** What every step works on. */
export interface Graph {
  readonly cluster: Cluster;
  /** Name of the release and of the graph. */
  readonly release: string;
  /** Of all images. */
  readonly tag: string;
  /** Arguments of `helm upgrade`, after release and chart. */
  readonly values: readonly string[];
  /** Where and as whom clients ask. */
  readonly clients: ClientOptions;
}

/** The gateway and every subgraph take part. */
const QUERY = `{
  me { name unreadNotificationCount }
  orders(first: 1) { nodes { number } }
  paymentMethods { id }
  products(first: 2) { nodes { sku shippingEstimate(country: "DE") { amountMinor } } }
}`;
const USER = { email: 'ada@example.com', password: 'tributary-demo-1' };

/** Requests as the graph's clients make them. */
export function startClients({ cluster, tag, clients }: Graph, name: string, load: Partial<LoadOptions> = {}) {
  return startLoad(cluster, {
    name: `load-${name}`,
    query: QUERY,
    user: USER,
    seconds: 600,
    workers: 4,
    pauseMs: 20,
    image: `tributary/tools:${tag}`,
    ...clients,
    ...load,
  });
}

/** @throws Error when a request failed, or so few were made that nothing was shown. */
export function allAnswered(what: string, { ok, failed, reasons, slowestMs }: LoadResult, atLeast: number): string {
  if (failed > 0) throw new Error(`${what}: ${failed} of ${ok + failed} requests failed: ${JSON.stringify(reasons)}`);
  if (ok < atLeast) throw new Error(`${what}: only ${ok} requests, wanted ${atLeast}`);
  return `${what}: ${ok} requests, none failed, the slowest in ${slowestMs} ms`;
}
