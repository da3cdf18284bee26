import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { inject } from 'vitest';
import { copyOutside, type Outside } from '../checker/checker.ts';
import { SESSION_VIEWS } from '../checker/views.ts';
import { newFollowing } from '../live/follow-order.ts';

const SUBGRAPHS = new URL('../../../subgraphs/', import.meta.url);
const SERVICES = ['users', 'inventory', 'orders', 'payments', 'notifications'];

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** Whom and what the rows are about. */
export const CUSTOMER = id(1);
export const OTHER_CUSTOMER = id(2);
export const PRODUCT = id(3);
/** Paid, and partly sent back. */
export const PAID_ORDER = id(4);
/** Out of stock. */
export const CANCELLED_ORDER = id(5);
export const PAYMENT = id(6);
export const REFUND = id(7);
export const UNKNOWN = id(99);

const CHANGED = 'orders.order.changed.v1';
const CAPTURED = 2500;
const REFUNDED = 1000;

const SAID: readonly [service: string, type: string, subject: string, data?: object][] = [
  ['inventory', 'inventory.product.changed.v1', PRODUCT],
  ['orders', 'orders.order.placed.v1', PAID_ORDER],
  ['orders', 'orders.reservation.requested.v1', PAID_ORDER],
  ['inventory', 'inventory.stock.reserved.v1', PAID_ORDER],
  ['orders', 'orders.payment.requested.v1', PAID_ORDER],
  ['payments', 'payments.payment.authorized.v1', PAID_ORDER],
  ['orders', 'orders.reservation.confirmed.v1', PAID_ORDER],
  ['orders', 'orders.capture.requested.v1', PAID_ORDER],
  ['orders', 'orders.order.confirmed.v1', PAID_ORDER],
  ['payments', 'payments.payment.captured.v1', PAID_ORDER],
  ['orders', 'orders.return.requested.v1', PAID_ORDER],
  ['payments', 'payments.payment.refunded.v1', PAID_ORDER, { refundId: REFUND }],
  ['orders', 'orders.order.placed.v1', CANCELLED_ORDER],
  ['orders', 'orders.reservation.requested.v1', CANCELLED_ORDER],
  ['inventory', 'inventory.stock.rejected.v1', CANCELLED_ORDER],
  ['orders', 'orders.order.cancelled.v1', CANCELLED_ORDER],
];
const STEPS: readonly [order: string, statuses: readonly string[]][] = [
  [PAID_ORDER, ['PLACED', 'RESERVED', 'CONFIRMED', 'PAID', 'RETURN_REQUESTED', 'PAID']],
  [CANCELLED_ORDER, ['PLACED', 'CANCELLED']],
];

const POSTINGS: readonly [kind: string, reference: string, amount: number, debit: string, credit: string][] = [
  ['CAPTURE', PAYMENT, CAPTURED, 'PROVIDER_CLEARING', 'SALES_REVENUE'],
  ['REFUND_PROMISED', REFUND, REFUNDED, 'SALES_RETURNS', 'REFUNDS_PAYABLE'],
  ['REFUND_PAID', REFUND, REFUNDED, 'REFUNDS_PAYABLE', 'PROVIDER_CLEARING'],
];

export interface HealthyDatabase {
  /** As the superuser, in a session with the checker's views. */
  client: pg.Client;
  drop(): Promise<void>;
}

/** A database of its own with the services' tables, in which two orders have gone through everything as they should. */
export async function createHealthyDatabase(): Promise<HealthyDatabase> {
  const adminUrl = new URL(inject('postgresAdminUrl') ?? '');
  const name = `chaos_${randomBytes(6).toString('hex')}`;
  await onConnection(adminUrl.href, (admin) => admin.query(`create database ${name}`));
  const url = new URL(adminUrl);
  url.pathname = name;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  for (const service of SERVICES) await applyMigrations(client, service);
  // What a bug would do, the tables' own triggers refuse.
  await client.query('set session_replication_role = replica');
  await client.query(SESSION_VIEWS);
  await addRows(client);
  return {
    client,
    async drop() {
      await client.end();
      await onConnection(adminUrl.href, (admin) => admin.query(`drop database ${name} with (force)`));
    },
  };
}

async function onConnection(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await work(client).finally(() => client.end());
}

async function applyMigrations(client: pg.Client, service: string): Promise<void> {
  const folder = new URL(`${service}/migrations/`, SUBGRAPHS);
  const journal = JSON.parse(readFileSync(new URL('meta/_journal.json', folder), 'utf8')) as {
    entries: { tag: string }[];
  };
  for (const { tag } of journal.entries) {
    const statements = readFileSync(new URL(`${tag}.sql`, folder), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await client.query(statement);
  }
}

async function addRows(client: pg.Client): Promise<void> {
  await addStock(client);
  await addOrders(client);
  await addMoney(client);
  await addEvents(client);
  const charge = { key: PAYMENT, reference: PAID_ORDER, card: 'tok_visa', amount_minor: CAPTURED };
  const movement = { charge_key: PAYMENT, request_key: PAYMENT };
  await copyOutside(
    client,
    {
      charges: [{ ...charge, refunded_minor: REFUNDED, status: 'CAPTURED' }],
      movements: [
        { ...movement, kind: 'AUTHORIZED', amount_minor: CAPTURED },
        { ...movement, kind: 'CAPTURED', amount_minor: CAPTURED },
        { charge_key: PAYMENT, request_key: REFUND, kind: 'REFUNDED', amount_minor: REFUNDED },
      ],
    },
    {
      answers: [{ customerId: CUSTOMER, key: 'order-1', orderId: PAID_ORDER, body: 'as it was' }],
      ...(await followedOrders(client)),
    },
  );
}

/** The paid one was followed from its second step to the first end, the other one from its start. */
async function followedOrders(client: pg.Client): Promise<Pick<Outside, 'followings' | 'streamed'>> {
  const { rows } = await client.query<{ at: number; eventId: string; orderId: string; steps: number }>(
    `select seq::int as at, id as "eventId", subject as "orderId",
        row_number() over (partition by subject order by seq)::int as steps
      from orders.outbox where type = $1 order by seq`,
    [CHANGED],
  );
  const following = (orderId: string, way: string, from: number, to: number) => {
    const heard = rows.filter((row) => row.orderId === orderId && row.steps >= from && row.steps <= to);
    const began = (heard[0]?.at ?? 0) - 1;
    return { ...newFollowing(orderId, way), began, heard, hasEnded: true };
  };
  return {
    streamed: rows,
    followings: [following(PAID_ORDER, 'WebSocket', 2, 4), following(CANCELLED_ORDER, 'server-sent events', 1, 2)],
  };
}

async function addStock(client: pg.Client): Promise<void> {
  await client.query(
    `insert into inventory.products
      (id, sku, name, description, category, price_minor, currency, weight_grams, images, active)
      values ($1, 'SKU-1', 'Thing', 'A thing', 'Things', 1000, 'EUR', 100, '[]', true)`,
    [PRODUCT],
  );
  await client.query(
    `insert into inventory.stock (product_id, on_hand, reserved, sold, available) values ($1, 10, 0, 1, 9)`,
    [PRODUCT],
  );
  const moves = [
    ['RESTOCKED', 10, 0, 0, null],
    ['RESERVED', -2, 2, 0, PAID_ORDER],
    ['SOLD', 0, -2, 2, PAID_ORDER],
    ['RETURNED', 1, 0, -1, PAID_ORDER],
  ] as const;
  for (const [kind, available, reserved, sold, order] of moves) {
    await client.query(
      `insert into inventory.stock_movements
        (id, product_id, kind, available_delta, reserved_delta, sold_delta, order_id, actor_id)
        values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, case when $6::uuid is null then $1::uuid end)`,
      [PRODUCT, kind, available, reserved, sold, order],
    );
  }
  await client.query(
    `insert into inventory.reservations (order_id, status, expires_at)
      values ($1, 'CONFIRMED', now()), ($2, 'REJECTED', now())`,
    [PAID_ORDER, CANCELLED_ORDER],
  );
  await client.query(
    `insert into inventory.reservation_lines (order_id, product_id, quantity, returned) values ($1, $2, 2, 1)`,
    [PAID_ORDER, PRODUCT],
  );
}

async function addOrders(client: pg.Client): Promise<void> {
  for (const [index, [order, statuses]] of STEPS.entries()) {
    await client.query(
      `insert into orders.orders (id, number, customer_id, status, version, currency, subtotal_minor, shipping_minor,
          total_minor, payment_method_id, idempotency_key, placed_at, updated_at)
        values ($1, $2, $3, $4, $5, 'EUR', 2000, 500, 2500, $3, $6, now(), now())`,
      [order, `T-${index}`, CUSTOMER, statuses.at(-1), statuses.length, `order-${index + 1}`],
    );
    await client.query(
      `insert into orders.order_lines (order_id, position, product_id, sku, name, quantity, unit_price_minor)
        values ($1, 0, $2, 'SKU-1', 'Thing', 2, 1000)`,
      [order, PRODUCT],
    );
    for (const status of statuses) {
      await client.query(
        `insert into orders.order_timeline (order_id, at, status, cause, event_id)
          values ($1, now(), $2, 'ORDER_PLACED', gen_random_uuid())`,
        [order, status],
      );
    }
  }
  await client.query(
    `insert into orders.return_lines (order_id, return_id, product_id, quantity) values ($1, $2, $2, 1)`,
    [PAID_ORDER, PRODUCT],
  );
  await client.query(`insert into orders.refunds (refund_id, order_id, amount_minor) values ($1, $2, $3)`, [
    REFUND,
    PAID_ORDER,
    REFUNDED,
  ]);
}

async function addMoney(client: pg.Client): Promise<void> {
  await client.query(`insert into payments.orders (id) values ($1)`, [PAID_ORDER]);
  await client.query(
    `insert into payments.payments (id, order_id, attempt, customer_id, payment_method_id, status, currency,
        amount_minor, captured_minor, promised_minor, refunded_minor)
      values ($1, $2, 1, $3, $3, 'PARTIALLY_REFUNDED', 'EUR', $4, $4, $5, $5)`,
    [PAYMENT, PAID_ORDER, CUSTOMER, CAPTURED, REFUNDED],
  );
  await client.query(
    `insert into payments.refunds (id, payment_id, amount_minor, status, cause, idempotency_key)
      values ($1, $2, $3, 'SUCCEEDED', 'RETURN', 'return')`,
    [REFUND, PAYMENT, REFUNDED],
  );
  for (const [index, [kind, reference, amount, debit, credit]] of POSTINGS.entries()) {
    await client.query(
      `insert into payments.ledger_transactions (id, kind, payment_id, reference, amount_minor, currency)
        values ($1, $2, $3, $4, $5, 'EUR')`,
      [id(20 + index), kind, PAYMENT, reference, amount],
    );
    await client.query(
      `insert into payments.ledger_entries (transaction_id, position, account, side, amount_minor, currency)
        values ($1, 0, $2, 'DEBIT', $4, 'EUR'), ($1, 1, $3, 'CREDIT', $4, 'EUR')`,
      [id(20 + index), debit, credit, amount],
    );
  }
}

async function addEvents(client: pg.Client): Promise<void> {
  const changes = STEPS.flatMap(([order, statuses]) =>
    statuses.map((status) => ['orders', CHANGED, order, { status }] as const),
  );
  for (const [service, type, subject, data] of [...SAID, ...changes]) {
    await client.query(
      `insert into ${service}.outbox (id, type, subject, data, published_at)
        values (gen_random_uuid(), $1, $2, $3, now())`,
      [type, subject, { customerId: CUSTOMER, ...data }],
    );
  }
  for (const consumer of SERVICES) {
    await client.query(
      `insert into ${consumer}.inbox (consumer, event_id)
        select hearers.consumer, all_events.id from all_events join hearers using (type) where hearers.consumer = $1`,
      [consumer],
    );
  }
  await client.query(
    `insert into notifications.notifications (id, event_id, user_id, kind, order_id, facts, in_inbox)
      select gen_random_uuid(), all_events.id, $1, kind, subject::uuid, '{}', true
      from all_events join told_by using (type)`,
    [CUSTOMER],
  );
}
