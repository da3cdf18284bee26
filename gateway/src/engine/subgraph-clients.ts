import type { Metrics } from '@tributary/service-kit';
import { SubgraphClient, type SubgraphClientParts } from '../subgraphs/subgraph-client.ts';

/** How one subgraph is asked. */
export interface SubgraphOptions {
  /** Routing URL that replaces the supergraph's. */
  url?: string | undefined;
  /** Also without TLS. Default: only where an https:// URL's subgraph has it. */
  http2?: boolean | undefined;
  /** Whether it is told, in `baggage`, whose operation it works for (docs/adr/0039). Default true. */
  operationContext?: boolean | undefined;
}

/** The clients of one supergraph's subgraphs, by name. */
export interface LeasedClients {
  readonly byName: ReadonlyMap<string, SubgraphClient>;
  release(): void;
}

interface Shared {
  readonly client: SubgraphClient;
  leases: number;
}

/** Connections outlive a supergraph: there is one client for each subgraph and URL, for as long as anybody uses it. */
export class SubgraphClients {
  readonly #parts: SubgraphClientParts;
  readonly #options: Readonly<Record<string, SubgraphOptions>>;
  readonly #shared = new Map<string, Shared>();

  /** @param options by the subgraph's name */
  constructor(parts: SubgraphClientParts, options: Readonly<Record<string, SubgraphOptions>>) {
    this.#parts = parts;
    this.#options = options;
    const clients = () => Array.from(this.#shared.values(), ({ client }) => client);
    observeConnections(parts.metrics, clients);
    observeBreakers(parts.metrics, clients);
    observeLimits(parts.metrics, clients);
  }

  lease(urls: ReadonlyMap<string, string>): LeasedClients {
    const keys = [...urls].map(([name, url]) => ({ name, key: `${name} ${url}`, url }));
    const byName = new Map<string, SubgraphClient>();
    for (const { name, key, url } of keys) {
      const shared = this.#shared.get(key) ?? { client: this.#client(name, url), leases: 0 };
      this.#shared.set(key, shared);
      shared.leases++;
      byName.set(name, shared.client);
    }
    return { byName, release: () => this.#release(keys.map(({ key }) => key)) };
  }

  #client(name: string, url: string): SubgraphClient {
    const { http2, operationContext } = this.#options[name] ?? {};
    return new SubgraphClient(name, url, { ...this.#parts, http2, operationContext });
  }

  /** Requests on their way are finished. */
  async close(): Promise<void> {
    const clients = [...this.#shared.values()].map(({ client }) => client);
    this.#shared.clear();
    await Promise.all(clients.map((client) => client.close()));
  }

  #release(keys: readonly string[]): void {
    for (const key of keys) {
      const shared = this.#shared.get(key);
      if (shared === undefined || --shared.leases > 0) continue;
      this.#shared.delete(key);
      void shared.client.close();
    }
  }
}

/** Tells what all clients' connections do, by subgraph: the URL of one may have changed a moment ago. */
function observeConnections(metrics: Metrics, clients: () => readonly SubgraphClient[]): void {
  const connections = metrics.get('http_client_connections');
  const waiting = metrics.get('http_client_pending_requests');
  metrics.beforeScrape(() => {
    connections.reset();
    waiting.reset();
    for (const { name: subgraph, connections: stats } of clients()) {
      connections.inc({ subgraph, state: 'active' }, stats.active);
      connections.inc({ subgraph, state: 'idle' }, stats.idle);
      waiting.inc({ subgraph }, stats.pending);
    }
  });
}

const STATES = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Where a subgraph has had another URL, the clients of both: the worst of them. */
function observeBreakers(metrics: Metrics, clients: () => readonly SubgraphClient[]): void {
  const gauge = metrics.get('graphql_circuit_breaker_state');
  metrics.beforeScrape(() => {
    gauge.reset();
    const worst = new Map<string, number>();
    for (const { name: subgraph, breakers } of clients()) {
      for (const [type, state] of breakers) {
        const key = `${subgraph} ${type}`;
        const value = Math.max(worst.get(key) ?? 0, STATES[state]);
        worst.set(key, value);
        gauge.set({ subgraph, type }, value);
      }
    }
  });
}

/** The limit of the gateway's door is a series of the same gauge: only those of subgraphs that are gone are taken out. */
function observeLimits(metrics: Metrics, clients: () => readonly SubgraphClient[]): void {
  const gauge = metrics.get('gateway_concurrency_limit');
  let shown = new Set<string>();
  metrics.beforeScrape(() => {
    for (const target of shown) gauge.remove({ target });
    shown = new Set();
    for (const { name: target, limit } of clients()) {
      if (limit === undefined) continue;
      gauge.set({ target }, limit);
      shown.add(target);
    }
  });
}
