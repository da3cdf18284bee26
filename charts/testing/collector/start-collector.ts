import { writeFileSync } from 'node:fs';
import { vi } from 'vitest';
import { stringify } from 'yaml';
import { killServer, startServer } from '../../../scripts/testing/server-process.ts';

export interface RunningCollector {
  kill(): Promise<void>;
}

/**
 * Starts a collector, and resolves when it is healthy.
 *
 * @param file where its configuration is written
 * @param hosts a file that it finds in place of `/etc/hosts`. It may change. This takes Linux, and the right to mount
 */
export async function startCollector(
  binary: string,
  { config, file, folder, hosts }: { config: HealthyConfig; file: string; folder: string; hosts?: string },
): Promise<RunningCollector> {
  writeFileSync(file, stringify(config));
  const child =
    hosts === undefined
      ? startServer(binary, ['--config', file], folder)
      : startServer(
          'unshare',
          ['--user', '--map-root-user', '--mount', 'sh', '-c', WITH_HOSTS, hosts, binary, file],
          folder,
        );
  const url = `http://${config.extensions.health_check.endpoint}/`;
  await vi.waitFor(() => fetch(url), { timeout: 30_000 });
  return { kill: () => killServer(child, 'SIGKILL') };
}

const WITH_HOSTS = 'mount --bind "$0" /etc/hosts && exec "$1" --config "$2"';

interface HealthyConfig {
  extensions: { health_check: { endpoint: string } };
}
