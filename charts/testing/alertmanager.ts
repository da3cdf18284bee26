import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePorts } from '../../scripts/testing/free-ports.ts';
import type { AlertmanagerConfig } from '../rules/alertmanager-config.ts';

/**
 * Writes the configuration that is shipped into a folder, with the receivers' files of a Secret, and gives its path. All
 * that differs: where those files are, that PagerDuty is at `sink`, and that the heartbeat's URL stands in it, as
 * Alertmanagers before 0.26 read it from no file.
 */
export function writeAlertmanagerConfig(root: string, folder: string, sink: string): string {
  const shipped = join(root, 'observability/files/alertmanager');
  const receivers = join(folder, 'receivers');
  mkdirSync(receivers, { recursive: true });
  const text = readFileSync(join(shipped, 'alertmanager.yaml'), 'utf8')
    .replaceAll('/etc/alertmanager/receivers', receivers)
    .replace('/etc/alertmanager/*.tmpl', `${shipped}/*.tmpl`)
    .replace(/url_file: .*\/heartbeat/, `url: ${sink}/heartbeat`);
  const config = parse(text) as AlertmanagerConfig;
  for (const { name } of config.receivers) {
    writeFileSync(join(receivers, name), name.startsWith('page-') ? `key of ${name}` : `${sink}/${name}`);
  }
  const file = join(folder, 'alertmanager.yaml');
  writeFileSync(file, stringify({ global: { pagerduty_url: `${sink}/pagerduty` }, ...config }));
  return file;
}

export interface Alertmanager {
  url: string;
  /** Port at which others join it. */
  clusterPort: number;
  stop(): Promise<void>;
}

/** Starts an Alertmanager on free loopback ports. Without `peers` it is alone; an empty list lets others join it. */
export async function startAlertmanager(
  binary: string,
  { config, storage, peers }: { config: string; storage: string; peers?: readonly Alertmanager[] },
): Promise<Alertmanager> {
  const [webPort = 0, clusterPort = 0] = await freePorts(2);
  const server = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.path=${storage}`,
      `--web.listen-address=127.0.0.1:${webPort}`,
      `--cluster.listen-address=${peers === undefined ? '' : `127.0.0.1:${clusterPort}`}`,
      ...(peers ?? []).map((peer) => `--cluster.peer=127.0.0.1:${peer.clusterPort}`),
      // Sooner than by default: that they have found each other, and that the second in the row would notify.
      '--cluster.gossip-interval=50ms',
      '--cluster.peer-timeout=2s',
    ],
    { stdio: 'ignore' },
  );
  return { url: `http://127.0.0.1:${webPort}`, clusterPort, stop: () => kill(server) };
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}
