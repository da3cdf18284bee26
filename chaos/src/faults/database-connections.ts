import pg from 'pg';
import type { Random } from '../random.ts';

/** A connection that a service had. */
export interface LostConnection {
  /** The application's name, which is the service's, its listener's too. */
  of: string;
  /** Whether it was in a statement or a transaction. */
  atWork: boolean;
}

/** Ends connections of services to the database, as its administrator can. */
export interface DatabaseConnections {
  /** Undefined when none was lost: the database is away, or none was there. */
  lose(): Promise<LostConnection | undefined>;
  close(): Promise<void>;
}

/** The server says within this time that the connection's process has ended; otherwise it does not count. */
const ENDED_WITHIN_MS = 1000;

const LOSE = `
  with victim as materialized (
    select pid, application_name, state <> 'idle' as at_work from pg_stat_activity
    where usename = any($1) and state is not null
    order by (state <> 'idle' and $2) desc, md5(pid || $3)
    limit 1
  )
  select application_name as of, at_work as "atWork", pg_terminate_backend(pid, ${ENDED_WITHIN_MS}) as ended from victim`;

/** Those that are idle are many more: every other time one at work is chosen, where there is any. */
const PREFER_WORKING = 0.5;

/** @param roles whose connections; neither the checker nor what copies events is among the services' */
export function databaseConnections(adminUrl: string, roles: readonly string[], random: Random): DatabaseConnections {
  let client: pg.Client | undefined;

  async function connected(): Promise<pg.Client> {
    if (client !== undefined) return client;
    const next = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 2000, query_timeout: 5000 });
    const lost = () => {
      if (client === next) client = undefined;
    };
    next.on('error', lost);
    next.on('end', lost);
    await next.connect();
    client = next;
    return next;
  }

  return {
    async lose() {
      const choice = [roles, random.chance(PREFER_WORKING), String(random.next())];
      const { rows } = await (await connected()).query<LostConnection & { ended: boolean }>(LOSE, choice);
      const [victim] = rows;
      return victim?.ended ? { of: victim.of, atWork: victim.atWork } : undefined;
    },
    close: async () => client?.end().catch(() => {}),
  };
}
