import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SourceError } from './subgraphs.ts';

/** With what a supergraph and its findings are made of. */
const FOLDERS = ['subgraphs', 'schema/documents'];
/** Files that are read, and what may be a folder. */
const COUNTS = /\.(?:graphql|json|ya?ml)$|^[^.]+$/;
/** Editors write, delete and rename for one change. */
const QUIET_MS = 30;

/**
 * Calls `changed` at first, and after each change of a file that graphs are composed of; once for what comes together. It
 * resolves when the signal is aborted.
 *
 * @throws what `changed` throws; SourceError when the system watches no more files
 */
export async function watchRepository(root: string, changed: () => void, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve, reject } = Promise.withResolvers<void>();
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const touch = (name: string | null) => {
    if (name !== null && !COUNTS.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(turn, QUIET_MS);
  };
  const turn = () => {
    try {
      // First, so that what changes while it is read is not missed.
      rewatch(
        watchers,
        FOLDERS.flatMap((folder) => watchedFrom(join(root, folder))),
        touch,
      );
      changed();
    } catch (error) {
      // What was there when its folder was read, and went.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') touch(null);
      else reject(error);
    }
  };
  signal.addEventListener('abort', () => resolve(), { once: true });
  turn();
  try {
    await aborted;
  } finally {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  }
}

interface Watched {
  readonly folder: string;
  /** The one entry of it that counts; undefined: all of them. */
  readonly entry?: string;
}

/** The folder and those below it; where it is not there yet, the one in which it would be made. */
function watchedFrom(folder: string): Watched[] {
  if (!existsSync(folder)) return [waitingFor(folder)];
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .flatMap(({ name }) => watchedFrom(join(folder, name)));
  return [{ folder }, ...below];
}

function waitingFor(folder: string): Watched {
  const parent = dirname(folder);
  return existsSync(parent) ? { folder: parent, entry: basename(folder) } : waitingFor(parent);
}

function rewatch(watchers: Map<string, FSWatcher>, all: Watched[], touch: (name: string | null) => void): void {
  // One that was removed and made again is another.
  const wanted = new Map(all.map((one) => [`${statSync(one.folder).ino} ${one.folder} ${one.entry}`, one]));
  for (const [key, watcher] of watchers) {
    if (wanted.has(key)) continue;
    watcher.close();
    watchers.delete(key);
  }
  for (const [key, { folder, entry }] of wanted) {
    if (watchers.has(key)) continue;
    try {
      watchers.set(
        key,
        watch(folder, (_event, name) => (entry === undefined || entry === name ? touch(name) : undefined)).on(
          'error',
          () => touch(null),
        ),
      );
    } catch (error) {
      throw new SourceError(`${folder} cannot be watched: ${(error as NodeJS.ErrnoException).code}.`);
    }
  }
}
