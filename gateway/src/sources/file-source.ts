import { watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_SUPERGRAPH_BYTES, SourceError, type SupergraphSource } from './supergraph-source.ts';

/** Whoever writes it in place is done when it has been the same for so long. */
const SETTLED_MS = 50;
/** What is still written then is taken as it is: it is refused if it is half, and the next change comes. */
const MAX_WAITS = 20;

/** A file. Its folder is watched, as files are replaced by renaming, and in a ConfigMap by another symbolic link. */
export function fileSource(path: string): SupergraphSource {
  let last: string | undefined;
  return {
    name: path,
    async read() {
      const text = await readSettled(path);
      if (text === last) return undefined;
      last = text;
      return text;
    },
    watch(changed) {
      try {
        const watcher = watch(dirname(path), { persistent: false }, changed);
        // The folder is gone, or there are too many watchers: polling goes on.
        watcher.on('error', () => watcher.close());
        return () => watcher.close();
      } catch {
        return () => {};
      }
    },
  };
}

async function readSettled(path: string): Promise<string> {
  let read = await readOnce(path);
  for (let waits = 0; waits < MAX_WAITS && Date.now() - read.writtenMs < SETTLED_MS; waits++) {
    await delay(SETTLED_MS);
    const again = await readOnce(path);
    if (again.text === read.text) return again.text;
    read = again;
  }
  return read.text;
}

async function readOnce(path: string): Promise<{ text: string; writtenMs: number }> {
  try {
    await using file = await open(path);
    const { size, mtimeMs } = await file.stat();
    if (size > MAX_SUPERGRAPH_BYTES)
      throw new SourceError(`The supergraph ${path} is larger than ${MAX_SUPERGRAPH_BYTES} bytes`);
    return { text: await file.readFile('utf8'), writtenMs: mtimeMs };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`The supergraph ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
