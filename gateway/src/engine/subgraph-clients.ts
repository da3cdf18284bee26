import { SubgraphClient, type SubgraphClientParts } from '../subgraphs/subgraph-client.ts';

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
  readonly #shared = new Map<string, Shared>();

  constructor(parts: SubgraphClientParts) {
    this.#parts = parts;
  }

  lease(urls: ReadonlyMap<string, string>): LeasedClients {
    const keys = [...urls].map(([name, url]) => ({ name, key: `${name} ${url}`, url }));
    const byName = new Map<string, SubgraphClient>();
    for (const { name, key, url } of keys) {
      const shared = this.#shared.get(key) ?? { client: new SubgraphClient(name, url, this.#parts), leases: 0 };
      this.#shared.set(key, shared);
      shared.leases++;
      byName.set(name, shared.client);
    }
    return { byName, release: () => this.#release(keys.map(({ key }) => key)) };
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
