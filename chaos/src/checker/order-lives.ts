import pg from 'pg';
import type { OrderLife } from '../met-fault.ts';

/** What the databases tell of each order, for the report. */
export interface OrderFigures {
  lives: OrderLife[];
  /** Orders by the status that they ended in, and for cancelled ones why. */
  byEnd: Record<string, number>;
  /** Debits and credits of each account and currency, in minor units. */
  trialBalance: { account: string; currency: string; debit: number; credit: number }[];
}

const LIVES = `
  select orders.id, customer_id as "customerId", idempotency_key as key, placed_at as "placedAt",
    coalesce((select min(at) from orders.order_timeline
      where order_id = orders.id and status in ('PAID', 'CANCELLED', 'REFUNDED')), now()) as "endedAt",
    coalesce((select array_agg(id) from payments.payments where order_id = orders.id), '{}') as "paymentIds",
    exists (select from (select subject, attempts from orders.outbox union all select subject, attempts
      from inventory.outbox union all select subject, attempts from payments.outbox) as events
      where subject = orders.id::text and attempts > 1) as "publishedAgain"
  from orders.orders`;

const BY_END = `
  select status || case when status <> 'CANCELLED' then '' else ' ' || coalesce((select data ->> 'reason'
      from orders.outbox where type = 'orders.order.cancelled.v1' and subject = orders.id::text limit 1), '') end as end,
    count(*)::int
  from orders.orders group by 1 order by 1`;

const TRIAL_BALANCE = `
  select account, currency, coalesce(sum(amount_minor) filter (where side = 'DEBIT'), 0)::int as debit,
    coalesce(sum(amount_minor) filter (where side = 'CREDIT'), 0)::int as credit
  from payments.ledger_entries group by 1, 2 order by 1, 2`;

export async function readOrderFigures(databaseUrl: string): Promise<OrderFigures> {
  const client = new pg.Client({ connectionString: databaseUrl, query_timeout: 60_000 });
  await client.connect();
  try {
    const lives = await client.query<OrderLife>(LIVES);
    const ends = await client.query<{ end: string; count: number }>(BY_END);
    const balance = await client.query(TRIAL_BALANCE);
    return {
      lives: lives.rows,
      byEnd: Object.fromEntries(ends.rows.map(({ end, count }) => [end, count])),
      trialBalance: balance.rows,
    };
  } finally {
    await client.end();
  }
}
