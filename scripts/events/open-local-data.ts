import { lockData } from '../../local/src/data-lock.ts';
import { openEmbeddedDatabase } from '../../local/src/embedded-database.ts';
import { type Database, pgliteDatabase } from '../../packages/service-kit/src/index.ts';

/** @throws ConfigError when a running `npm start` has the data of the folder */
export async function openLocalData(
  folder: string,
  options: Parameters<typeof pgliteDatabase>[1],
): Promise<{ database: Database; close(): Promise<void> }> {
  await using parts = new AsyncDisposableStack();
  const lock = lockData(folder);
  parts.defer(() => lock.release());
  const client = await openEmbeddedDatabase(folder);
  parts.defer(() => client.close());
  const opened = parts.move();
  return { database: pgliteDatabase(client, options), close: () => opened.disposeAsync() };
}
