import { fileURLToPath } from 'node:url';
import type { PGlite } from '@electric-sql/pglite';
import {
  loadConfig,
  pgliteDatabase,
  type RunningSubgraph,
  type SharedParts,
  type SubgraphDefinition,
  startSubgraph,
} from '@tributary/service-kit';
import type { SubgraphPackage } from './find-subgraphs.ts';
import type { GatedBus } from './gated-bus.ts';
import type { LocalSecrets } from './local-secrets.ts';
import { commonSettings, LOOPBACK, type LocalOptions, publicUrlOf } from './options.ts';
import { calls, subgraphSettings } from './subgraph-settings.ts';

export interface SubgraphsOptions {
  packages: readonly SubgraphPackage[];
  options: LocalOptions;
  client: PGlite;
  secrets: LocalSecrets;
  /** Addresses of stand-ins, by the name of the subgraph that calls them. */
  standIns: ReadonlyMap<string, string>;
  shared: Pick<SharedParts, 'logDestination'>;
  bus: GatedBus;
}

/** Starts every subgraph: first those that call no other, then their callers. When one fails, all are stopped again. */
export async function startSubgraphs(parts: SubgraphsOptions): Promise<Map<string, RunningSubgraph>> {
  const running = new Map<string, RunningSubgraph>();
  const { bus } = parts;
  const shared: SharedParts = {
    ...parts.shared,
    bus,
    openDatabase: (options) => pgliteDatabase(parts.client, options),
    processMetrics: false,
  };
  const start = async ({ subgraph }: SubgraphPackage) => {
    const config = await subgraphConfigOf(subgraph, parts, running);
    running.set(subgraph.name, await startSubgraph(subgraph, config, shared));
  };
  const isCaller = ({ subgraph }: SubgraphPackage) => subgraph.name in calls;
  try {
    for (const group of [parts.packages.filter((each) => !isCaller(each)), parts.packages.filter(isCaller)]) {
      const results = await Promise.allSettled(group.map(start));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  } catch (error) {
    bus.open();
    await Promise.allSettled(running.values().map((subgraph) => subgraph.stop()));
    throw error;
  }
  bus.open();
  return running;
}

async function subgraphConfigOf(
  { name, config, folder }: SubgraphDefinition,
  { packages, options, secrets, standIns }: SubgraphsOptions,
  running: ReadonlyMap<string, RunningSubgraph>,
) {
  const callers = packages.map(({ subgraph }) => subgraph.name).filter((caller) => calls[caller]?.includes(name));
  const trusted = await Promise.all(
    ['gateway', ...callers].map(async (caller) => [caller, (await secrets.keysOf(caller)).publicKeys] as const),
  );
  const facts = {
    secret: secrets.secret,
    publicUrl: publicUrlOf(options),
    standInUrl: standIns.get(name),
    endpointOf: (service: string) => `${running.get(service)?.url}/graphql`,
  };
  const port = options.ports === 'free' ? { port: 0 } : {};
  return loadConfig(config, {
    files: [fileURLToPath(new URL('config.yaml', folder))],
    environment: {},
    overrides: {
      server: { host: LOOPBACK, ...port },
      admin: { host: LOOPBACK, ...port },
      ...commonSettings(options),
      identity: {
        trusted: Object.fromEntries(trusted),
        ...(name in calls ? { key: (await secrets.keysOf(name)).privateKey } : {}),
      },
      introspection: true,
      demoData: true,
      ...subgraphSettings[name]?.(facts),
    },
  });
}
