import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '@tributary/service-kit';

export interface DataLock {
  release(): void;
}

/**
 * Makes this process the only one that uses `folder`. The lock is the operating system's own, on a SQLite file, so it
 * ends with the process however that ends, and nothing stale is ever left behind.
 *
 * @throws ConfigError naming the process that holds it.
 */
export function lockData(folder: string): DataLock {
  mkdirSync(folder, { recursive: true });
  const holderFile = join(folder, 'lock.pid');
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new ConfigError(
      `Another Tributary (process ${readHolder(holderFile)}) is using the data in ${folder}.\n` +
        'Stop it first, or start this one with its own data: npm start -- --data .tributary-2 --port 4010 --free-ports',
    );
  }
  writeFileSync(holderFile, `${process.pid}\n`);
  return { release: () => lock.close() };
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
