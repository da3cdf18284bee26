import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { provisionServices } from '../database/provision.ts';

/** An empty database on the PostgreSQL of the test run. */
export interface PostgresTestDatabase {
  /** As the superuser. */
  url: string;
  password: string;
  urlOf(service: string): string;
  /** Gives a service its role, as a deployment does. */
  provision(service: string): Promise<void>;
  /** One statement as the superuser. */
  asAdmin(statement: string, values?: unknown[]): Promise<pg.QueryResult>;
  drop(): Promise<void>;
}

export async function createPostgresDatabase(): Promise<PostgresTestDatabase> {
  const adminUrl = inject('postgresAdminUrl') ?? '';
  const name = `test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await onConnection(adminUrl, (client) => client.query(`create database ${name}`));
  const databaseUrl = new URL(adminUrl);
  databaseUrl.pathname = name;
  const url = databaseUrl.href;
  return {
    url,
    password,
    urlOf(service) {
      const ofService = new URL(url);
      ofService.username = service;
      ofService.password = password;
      return ofService.href;
    },
    // Roles belong to the whole server, and tests that run at the same time make the same ones: one by one.
    provision: (service) =>
      onConnection(adminUrl, async (client) => {
        await client.query('select pg_advisory_lock(1)');
        await provisionServices(url, { [service]: password });
      }),
    asAdmin: (statement, values = []) => onConnection(url, (client) => client.query(statement, values)),
    drop: () =>
      onConnection(adminUrl, async (client) => void (await client.query(`drop database ${name} with (force)`))),
  };
}

async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}
