import pg from 'pg';
import { MIGRATIONS_SCHEMA } from './database.ts';

/** Roles by what was done: those that were made, and those that were there and got their password set. */
export interface Provisioned {
  made: string[];
  set: string[];
}

/**
 * Prepares a PostgreSQL database for services, as its owner (with CREATEROLE) or a superuser: a login role for each,
 * which may create its own schema and reads nothing of another's. Safe to run again; it then sets the passwords anew.
 * All of it is there at once, so that a service that waits for its role finds its rights too.
 *
 * @param passwords service → password of its role, which has the service's name
 * @throws Error when the administrator lacks a right; nothing is changed then
 */
export async function provisionServices(
  adminUrl: string,
  passwords: Readonly<Record<string, string>>,
): Promise<Provisioned> {
  const client = new pg.Client({ connectionString: adminUrl });
  // What breaks it also fails the statement that is under way.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    await client.query("select pg_advisory_xact_lock(hashtext('tributary provisioning'))");
    const database = (await client.query('select current_database() as name')).rows[0].name;
    await client.query(`revoke all on database ${pg.escapeIdentifier(database)} from public`);
    await client.query('revoke all on schema public from public');
    await client.query(`create schema if not exists ${MIGRATIONS_SCHEMA}`);
    const provisioned: Provisioned = { made: [], set: [] };
    for (const [service, password] of Object.entries(passwords)) {
      provisioned[await setPassword(client, service, password)].push(service);
      await grantRights(client, database, service);
    }
    await client.query('commit');
    return provisioned;
  } finally {
    await client.end();
  }
}

async function setPassword(client: pg.Client, service: string, password: string): Promise<keyof Provisioned> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [service]);
  // Without naming further attributes: they are off for a new role, and only a superuser may alter them.
  const verb = rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${pg.escapeIdentifier(service)} login password ${pg.escapeLiteral(password)}`);
  return rowCount === 0 ? 'made' : 'set';
}

async function grantRights(client: pg.Client, database: string, service: string): Promise<void> {
  const role = pg.escapeIdentifier(service);
  await client.query(`grant connect, create on database ${pg.escapeIdentifier(database)} to ${role}`);
  await client.query(`grant usage, create on schema ${MIGRATIONS_SCHEMA} to ${role}`);
  // To who may not grant all of it, PostgreSQL only gives a warning.
  const { rows } = await client.query(
    `select has_database_privilege($1, current_database(), 'connect') and has_database_privilege($1, current_database(), 'create')
       and has_schema_privilege($1, $2, 'usage') and has_schema_privilege($1, $2, 'create') as granted`,
    [service, MIGRATIONS_SCHEMA],
  );
  if (!rows[0].granted) {
    throw new Error(`the administrator may not grant rights on the database and its schema ${MIGRATIONS_SCHEMA}`);
  }
}
