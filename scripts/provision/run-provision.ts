import {
  createLogger,
  databaseRefusal,
  postgresDatabase,
  provisionServices,
  waitForDatabase,
} from '../../packages/service-kit/src/index.ts';
import type { ProvisionOptions } from './provision-options.ts';

/** As long as a service waits for what this makes. */
const WAIT_MS = 120_000;

const NEEDED =
  'the administrator needs CREATEROLE and to own the database; from PostgreSQL 16 on also to have made the roles that are there';

/** Waits for the database and makes the roles. What it does is said in log lines, a failure too; gives whether it did. */
export async function runProvision({ adminUrl, passwords }: ProvisionOptions): Promise<boolean> {
  const log = createLogger({ service: 'provision' });
  const database = postgresDatabase({
    service: 'provision',
    migrationsFolder: '',
    url: adminUrl.reveal(),
    poolSize: 1,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 60_000,
    log,
  });
  try {
    await waitForDatabase(database, WAIT_MS, log);
    log.info(await provisionServices(adminUrl.reveal(), passwords), 'provisioned');
    return true;
  } catch (error) {
    log.error({ ...databaseRefusal(error, NEEDED), err: error }, 'provisioning failed');
    return false;
  } finally {
    await database.stop?.();
  }
}
