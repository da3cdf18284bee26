import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { ConfigError } from '@tributary/service-kit';
import { parse } from 'yaml';
import type { SubgraphPackage } from './find-subgraphs.ts';
import { GATEWAY_ADMIN_PORT, LOOPBACK, type LocalOptions, OBSERVE_PORT } from './options.ts';

/** Looks at every port before anything is opened. @throws ConfigError that names those which are taken. */
export async function refuseTakenPorts(options: LocalOptions, packages: readonly SubgraphPackage[]): Promise<void> {
  const observe = options.observe === true ? [OBSERVE_PORT] : [];
  const others = options.ports === 'free' ? [] : [GATEWAY_ADMIN_PORT, ...packages.flatMap(portsOf), ...observe];
  const ports = [options.port, ...others];
  const free = await Promise.all(ports.map(isFree));
  const taken = ports.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  throw new ConfigError(
    `Another program uses port ${taken.join(', ')}. Stop it, or: npm start -- --port 4010 --free-ports`,
  );
}

function portsOf({ subgraph, standIn }: SubgraphPackage): number[] {
  const { server, admin } = parse(readFileSync(new URL('config.yaml', subgraph.folder), 'utf8'));
  return [server.port, admin.port, ...(standIn === undefined ? [] : [standIn.port])];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, LOOPBACK), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
