import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ConfigError,
  createEventOperator,
  createLogger,
  type EventOperator,
  postgresDatabase,
} from '../../packages/service-kit/src/index.ts';
import type { EventsOptions } from './events-options.ts';

const SERVICE = { service: 'events', migrationsFolder: '' };
const root = fileURLToPath(new URL('../../', import.meta.url));

/** @throws ConfigError when the data is not there, or a running `npm start` has it */
export async function openOperator({
  databaseUrl,
  dataFolder,
}: Pick<EventsOptions, 'databaseUrl' | 'dataFolder'>): Promise<{ operator: EventOperator } & AsyncDisposable> {
  await using parts = new AsyncDisposableStack();
  if (databaseUrl !== undefined) {
    if (!URL.canParse(databaseUrl)) throw new ConfigError('--database takes a postgres:// URL.');
    const database = postgresDatabase({
      ...SERVICE,
      url: databaseUrl,
      poolSize: 1,
      connectTimeoutMs: 5000,
      statementTimeoutMs: 60_000,
      log: createLogger({ service: 'events', level: 'warn' }),
    });
    parts.defer(() => database.stop?.());
    await database.ping().catch(() => {
      throw new ConfigError('The database does not answer, or does not let this role in.');
    });
    return opened(createEventOperator(database), parts.move());
  }
  const folder = resolve(root, dataFolder);
  if (!existsSync(join(folder, 'postgres')))
    throw new ConfigError(`There is no data in ${folder}: give --database URL.`);
  // Loaded only here: a container image has no PGlite.
  const { openLocalData } = await import('./open-local-data.ts');
  const { database, close } = await openLocalData(folder, SERVICE);
  parts.defer(close);
  return opened(createEventOperator(database), parts.move());
}

const opened = (operator: EventOperator, parts: AsyncDisposableStack) => ({
  operator,
  [Symbol.asyncDispose]: () => parts.disposeAsync(),
});
