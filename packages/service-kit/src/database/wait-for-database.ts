import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log/logger.ts';
import type { Database } from './database.ts';
import { databaseRefusal } from './database-refusal.ts';

const RETRY_MS = 1000;

/**
 * Resolves when the database lets the role in. Whatever it refuses for is waited for, and tried again each second: where
 * everything is installed at once, its name, its port, the database and the role come one after the other.
 *
 * @throws what the last attempt failed of, once `timeoutMs` are over
 */
export async function waitForDatabase(database: Pick<Database, 'ping'>, timeoutMs: number, log: Logger): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.ping();
    } catch (error) {
      if (performance.now() + RETRY_MS > deadlineMs) throw error;
      if (attempt === 1) log.info(databaseRefusal(error), 'waiting for the database');
    }
    await delay(RETRY_MS);
  }
}
