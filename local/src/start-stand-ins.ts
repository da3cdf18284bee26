import type { SharedParts } from '@tributary/service-kit';
import type { SubgraphPackage } from './find-subgraphs.ts';
import type { LocalSecrets } from './local-secrets.ts';
import { LOOPBACK, type LocalOptions, publicUrlOf } from './options.ts';

export interface StandIns extends AsyncDisposable {
  /** Address of a subgraph's stand-in, by the subgraph's name. */
  urls: ReadonlyMap<string, string>;
}

/** Starts the servers that take the place of the outside services which subgraphs call. */
export async function startStandIns(
  packages: readonly SubgraphPackage[],
  options: LocalOptions,
  secrets: LocalSecrets,
  shared: Pick<SharedParts, 'logDestination'>,
): Promise<StandIns> {
  await using started = new AsyncDisposableStack();
  const urls = new Map<string, string>();
  for (const { subgraph, standIn } of packages) {
    if (standIn === undefined) continue;
    const running = await standIn.start(
      {
        host: LOOPBACK,
        port: options.ports === 'free' ? 0 : standIn.port,
        dataFolder: options.dataFolder,
        logLevel: options.logLevel,
        secret: secrets.secret,
        publicUrl: publicUrlOf(options),
      },
      shared,
    );
    started.defer(() => running.stop());
    urls.set(subgraph.name, running.url);
  }
  const kept = started.move();
  return { urls, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
