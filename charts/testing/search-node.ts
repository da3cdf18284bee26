import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../scripts/testing/free-ports.ts';

const FOLDER = fileURLToPath(new URL('search-node', import.meta.url));
const OLDEST_JAVA = 21;
const READY_WITHIN_MS = 120_000;

export interface SearchNode extends AsyncDisposable {
  readonly url: string;
}

/** The jars that `.ci/search-node` has copied (or SEARCH_NODE names), and a Java that runs them. */
export function findSearchNode(): { jars: string; java: string } | undefined {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const jars = process.env.SEARCH_NODE ?? join(cache, 'tributary/search-node/jars');
  const java = findJava();
  return existsSync(jars) && java !== undefined ? { jars, java } : undefined;
}

function findJava(): string | undefined {
  const installed = '/usr/lib/jvm';
  const homes = existsSync(installed) ? readdirSync(installed).map((name) => join(installed, name)) : [];
  if (process.env.JAVA_HOME !== undefined) homes.unshift(process.env.JAVA_HOME);
  return homes.map((home) => join(home, 'bin/java')).find((java) => existsSync(java) && versionOf(java) >= OLDEST_JAVA);
}

function versionOf(java: string): number {
  const release = resolve(dirname(java), '../release');
  if (!existsSync(release)) return 0;
  return Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1] ?? 0);
}

/** A node of its own, in a folder that is removed when it ends. @throws Error with its log when it does not start */
export async function startSearchNode(): Promise<SearchNode> {
  const found = findSearchNode();
  if (found === undefined) throw new Error('there is no search node here: see .ci/search-node');
  const folder = mkdtempSync(join(tmpdir(), 'tributary-search-node-'));
  const [port = 0] = await freePorts(1);
  const child = spawn(
    found.java,
    ['-Xmx512m', '-cp', `${found.jars}/*`, join(FOLDER, 'SearchNode.java'), folder, `${port}`],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  const ended = new Promise<void>((settle) => child.once('close', () => settle()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const endsMs = performance.now() + READY_WITHIN_MS;
  while (!(await answers(`${url}/_cluster/health`))) {
    if (child.exitCode === null && performance.now() < endsMs) await delay(200);
    else {
      await stop();
      throw new Error(`the search node does not start:\n${log.slice(-4000)}`);
    }
  }
  return { url, [Symbol.asyncDispose]: stop };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
