import pg from 'pg';

/** Statements by service, transaction control apart. */
export type StatementCounts = Readonly<Record<string, { statements: number; begins: number }>>;

export interface StatementCounter {
  /** Runs `work` and gives what each service's role has executed meanwhile, its timers and relays included. */
  during<T>(work: () => Promise<T>): Promise<{ result: T; perService: StatementCounts }>;
}

/** Counts at the server, by pg_stat_statements, which must be preloaded. */
export async function countStatements(adminUrl: string): Promise<StatementCounter> {
  const onServer = async (text: string) => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    return client.query(text).finally(() => client.end());
  };
  await onServer('create extension if not exists pg_stat_statements');
  return {
    async during(work) {
      await onServer('select pg_stat_statements_reset()');
      const result = await work();
      const { rows } = await onServer(
        `select rolname as service,
           coalesce(sum(calls) filter (where query !~* '^(begin|commit|rollback)'), 0)::int as statements,
           coalesce(sum(calls) filter (where query ~* '^begin'), 0)::int as begins
         from pg_stat_statements join pg_roles on pg_roles.oid = userid where rolname <> 'postgres'
         group by 1 order by 1`,
      );
      return { result, perService: Object.fromEntries(rows.map(({ service, ...counts }) => [service, counts])) };
    },
  };
}
