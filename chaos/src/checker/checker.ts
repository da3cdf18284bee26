import pg from 'pg';
import type { Following } from '../live/follow-order.ts';
import type { StreamedChange } from '../live/stream-witness.ts';
import type { Answer } from '../load/answers.ts';
import type { Invariant } from './invariant.ts';
import { invariants } from './invariants.ts';
import { type ProviderLedger, readProviderLedger } from './provider-ledger.ts';
import { SESSION_VIEWS } from './views.ts';

/** An invariant that does not hold. */
export interface Violation {
  invariant: string;
  means: string;
  /** How many offences there are. */
  count: number;
  /** The first of them. */
  offences: { id: string; detail: unknown }[];
}

/** What lies outside of the database and of the provider's ledger. */
export interface Outside {
  /** What customers were answered. */
  answers: readonly Answer[];
  /** What they were told of the orders that they follow. */
  followings: readonly Following[];
  /** What the broker's stream says of orders. */
  streamed: readonly StreamedChange[];
}

export interface CheckerOptions {
  /** As the superuser, who may read every service's schema. */
  databaseUrl: string;
  /** The provider's SQLite file. */
  providerLedger: string;
  /** So far. What followers were told is looked at once everything is quiet. */
  outside(when: 'always' | 'all'): Outside;
}

/** Reads what there is and says what must not be. It knows tables, and none of the services' code. */
export interface Checker {
  /** @throws Error when the database does not answer */
  check(when: 'always' | 'all'): Promise<Violation[]>;
}

const SHOWN = 5;
/** The invariants are a few joins; in a run of hours, over some hundred thousand rows. */
const STATEMENT_TIMEOUT_MS = 60_000;

export function createChecker(options: CheckerOptions): Checker {
  return {
    async check(when) {
      const client = new pg.Client({
        connectionString: options.databaseUrl,
        connectionTimeoutMillis: 2000,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        // The server's own cancellation comes first, and can be told from a server that is away.
        query_timeout: STATEMENT_TIMEOUT_MS + 1000,
      });
      client.on('error', () => {});
      await client.connect();
      try {
        await client.query(SESSION_VIEWS);
        await copyOutside(client, readProviderLedger(options.providerLedger), options.outside(when));
        return await violationsOf(
          client,
          invariants.filter((invariant) => when === 'all' || invariant.when === 'always'),
        );
      } finally {
        await client.end().catch(() => {});
      }
    },
  };
}

/** One statement each: an invariant sees the tables as they are at one moment. */
export async function violationsOf(client: pg.ClientBase, checked: readonly Invariant[]): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { name, means, sql } of checked) {
    const { rows } = await client.query<{ id: string; detail: unknown }>(sql);
    if (rows.length === 0) continue;
    violations.push({ invariant: name, means, count: rows.length, offences: rows.slice(0, SHOWN) });
  }
  return violations;
}

/** What lies outside of the database, into the session's tables: so that an invariant is one statement over all of it. */
export async function copyOutside(
  client: pg.ClientBase,
  { charges, movements }: ProviderLedger,
  { answers, followings, streamed }: Outside,
): Promise<void> {
  const fill = (table: string, rows: readonly unknown[]) =>
    client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows),
    ]);
  await client.query('truncate provider_charges, provider_movements, answers, followings, told, streamed');
  await fill('provider_charges', charges);
  await fill('provider_movements', movements);
  await fill(
    'answers',
    answers.map(({ customerId, key, orderId, body }) => ({ customer_id: customerId, key, order_id: orderId, body })),
  );
  await fill(
    'followings',
    followings.map(({ orderId, way, began, hasEnded, heard, refusal }) => ({
      ...{ order_id: orderId, way, began, refusal },
      until: hasEnded ? heard.at(-1)?.at : null,
    })),
  );
  await fill(
    'told',
    followings.flatMap(({ orderId, heard }) => heard.map((each, turn) => ({ order_id: orderId, turn, ...each }))),
  );
  const followed = new Set(followings.map(({ orderId }) => orderId));
  await fill(
    'streamed',
    streamed
      .filter(({ orderId }) => followed.has(orderId))
      .map(({ at, eventId, orderId }) => ({ at, event_id: eventId, order_id: orderId })),
  );
}
