import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** From the order's row to its confirmation, in milliseconds, as its timeline has them. */
export const confirmationTimes = (adminUrl: string, { orderIds }: { orderIds: string[] }): Promise<number[]> =>
  query(
    adminUrl,
    `select extract(epoch from timeline.at - placed_at) * 1000 as ms
     from orders.orders join orders.order_timeline as timeline on order_id = orders.id
     where orders.id = any($1) and cause = 'PAYMENT_AUTHORIZED'`,
    orderIds,
  ).then((rows) => rows.map(({ ms }) => Number(ms)));

/** Resolves when all of them are confirmed. @throws Error when one ended otherwise, or it takes too long */
export async function untilConfirmed(adminUrl: string, orderIds: string[]): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const rows = await query(
      adminUrl,
      `select status, count(*)::int as count from orders.orders where id = any($1) group by status`,
      orderIds,
    );
    const counts = Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    if ((counts.CONFIRMED ?? 0) + (counts.PAID ?? 0) === orderIds.length) return;
    if (counts.CANCELLED > 0 || performance.now() > deadline) throw new Error(JSON.stringify(counts));
    await delay(LOOK_EVERY_MS);
  }
}

async function query(adminUrl: string, text: string, orderIds: string[]): Promise<Record<string, never>[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query(text, [orderIds])).rows;
  } finally {
    await client.end();
  }
}
