import pg from 'pg';
import { MIGRATIONS_SCHEMA } from './database.ts';

/**
 * Prepares a PostgreSQL database for services, as its owner (with CREATEROLE) or a superuser: a login role for each,
 * which may create its own schema and reads nothing of another's. Safe to run again; it then sets the passwords anew.
 *
 * @param passwords service → password of its role, which has the service's name
 */
export async function provisionServices(adminUrl: string, passwords: Readonly<Record<string, string>>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const database = pg.escapeIdentifier((await client.query('select current_database() as name')).rows[0].name);
    await client.query(`revoke all on database ${database} from public`);
    await client.query('revoke all on schema public from public');
    await client.query(`create schema if not exists ${MIGRATIONS_SCHEMA}`);
    for (const [service, password] of Object.entries(passwords)) {
      const role = pg.escapeIdentifier(service);
      const exists = await client.query('select 1 from pg_roles where rolname = $1', [service]);
      // Without naming further attributes: they are off for a new role, and only a superuser may alter them.
      const verb = exists.rowCount === 0 ? 'create' : 'alter';
      await client.query(`${verb} role ${role} login password ${pg.escapeLiteral(password)}`);
      await client.query(`grant connect, create on database ${database} to ${role}`);
      await client.query(`grant usage, create on schema ${MIGRATIONS_SCHEMA} to ${role}`);
    }
  } finally {
    await client.end();
  }
}
