import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { type RunningGateway, startGateway } from '@tributary/gateway';
import type { RunningSubgraph, SharedParts } from '@tributary/service-kit';
import { lockData } from './data-lock.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { findSubgraphs, type SubgraphPackage } from './find-subgraphs.ts';
import { type GatedBus, gatedBus } from './gated-bus.ts';
import { localGatewayConfig } from './local-gateway-config.ts';
import { loadLocalSecrets } from './local-secrets.ts';
import { LOOPBACK, type LocalOptions, OBSERVE_PORT } from './options.ts';
import { startStandIns } from './start-stand-ins.ts';
import { startSubgraphs } from './start-subgraphs.ts';
import { refuseTakenPorts } from './taken-ports.ts';

export interface RunningLocal {
  gateway: RunningGateway;
  subgraphs: ReadonlyMap<string, RunningSubgraph>;
  demoUsers: NonNullable<SubgraphPackage['demoUsers']>;
  /** Of all subgraphs, each in a schema of its name. */
  database: PGlite;
  /** Of the page with traces and metrics, where it was asked for. */
  observeUrl: string | undefined;
  /** Drains the gateway, the subgraphs, the stand-ins; then closes the database and gives the data back. */
  stop(): Promise<void>;
}

export interface LocalParts extends Pick<SharedParts, 'logDestination'> {
  /** In place of one in this process. It is opened here, and closed by whoever has made it. */
  bus?: GatedBus;
}

/**
 * The whole graph in this process: every subgraph on its own port over one embedded PostgreSQL, and the gateway.
 *
 * @throws ConfigError when the data belongs to another process, or a port is taken.
 */
export async function startLocal(
  asked: LocalOptions,
  { bus = gatedBus(), ...shared }: LocalParts = {},
): Promise<RunningLocal> {
  await using parts = new AsyncDisposableStack();
  const lock = lockData(asked.dataFolder);
  parts.defer(() => lock.release());
  const packages = await findSubgraphs();
  await refuseTakenPorts(asked, packages);
  const observer = asked.observe === true ? await startObserver(asked) : undefined;
  parts.defer(() => observer?.stop());
  const options = observer === undefined ? asked : { ...asked, traceEndpoint: observer.url };

  const kept = ['postgres', ...packages.flatMap(({ standIn }) => standIn?.files ?? [])];
  if (options.fresh) for (const name of kept) rmSync(join(options.dataFolder, name), { recursive: true, force: true });
  const client = await openEmbeddedDatabase(options.dataFolder);
  parts.defer(() => client.close());
  const secrets = loadLocalSecrets(options.dataFolder);

  const standIns = parts.use(await startStandIns(packages, options, secrets, shared));
  const subgraphs = await startSubgraphs({ packages, options, client, secrets, standIns: standIns.urls, shared, bus });
  parts.defer(async () => {
    await Promise.all(subgraphs.values().map((subgraph) => subgraph.stop()));
  });
  const gateway = await startGateway(await localGatewayConfig(options, secrets, subgraphs), {
    ...shared,
    processMetrics: true,
    events: bus.tail,
  });
  parts.defer(() => gateway.stop());
  const inOrder = [...subgraphs.values()].sort((a, b) => a.name.localeCompare(b.name));
  observer?.watch([{ name: 'gateway', adminUrl: gateway.adminUrl }, ...inOrder]);

  const running = parts.move();
  return {
    gateway,
    subgraphs,
    database: client,
    demoUsers: packages.flatMap(({ demoUsers }) => demoUsers ?? []),
    observeUrl: observer?.url,
    stop: () => running.disposeAsync(),
  };
}

/** Nothing of it is loaded unless it is asked for. */
async function startObserver({ ports }: LocalOptions) {
  const { startObserve } = await import('./observe/start-observe.ts');
  return startObserve({ host: LOOPBACK, port: ports === 'free' ? 0 : OBSERVE_PORT });
}
