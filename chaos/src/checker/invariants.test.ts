import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  CANCELLED_ORDER,
  CUSTOMER,
  createHealthyDatabase,
  type HealthyDatabase,
  OTHER_CUSTOMER,
  PAID_ORDER,
  PAYMENT,
  PRODUCT,
  REFUND,
  UNKNOWN,
} from '../testing/healthy-database.ts';
import { violationsOf } from './checker.ts';
import { invariants } from './invariants.ts';

const CHECKS_OF_STOCK = `alter table inventory.stock drop constraint stock_sum;
  alter table inventory.stock drop constraint stock_not_negative;`;

/** For each invariant, what a fault might leave behind. The first of several names is the one that must be reported. */
const SPOILED: Readonly<Record<string, string>> = {
  'every order is at its end': `update orders.orders set status = 'CONFIRMED' where id = '${PAID_ORDER}'`,
  'every order that was answered exists': `update answers set order_id = '${UNKNOWN}'`,
  "a key is answered with its customer's own order": `update answers set customer_id = '${OTHER_CUSTOMER}'`,
  'nobody is refused a key that is new to them': `insert into answers values
    ('${CUSTOMER}', 'order-9', null, '{"errors":[{"code":"IDEMPOTENCY_KEY_REUSED"}]}')`,
  'a key has one order, and one answer': `insert into answers values ('${CUSTOMER}', 'order-1', '${PAID_ORDER}', 'other')`,
  'an order runs out of time by its customer alone': `update orders.order_timeline set cause = 'TIMED_OUT'
    where order_id = '${CANCELLED_ORDER}' and status = 'CANCELLED'`,
  'a paid order has its stock': `update inventory.reservations set status = 'EXPIRED' where order_id = '${PAID_ORDER}'`,
  'a cancelled order holds no stock': `update inventory.reservations set status = 'RESERVED'
    where order_id = '${CANCELLED_ORDER}'`,
  'every step of an order is in its timeline': 'update orders.orders set version = version + 1',
  'an event lets an order take one step': `update orders.order_timeline set event_id = '${UNKNOWN}'
    where order_id = '${PAID_ORDER}'`,
  'orders and payments agree on refunds': 'delete from orders.refunds',
  'stock adds up': `${CHECKS_OF_STOCK} update inventory.stock set on_hand = on_hand + 1`,
  'stock is never negative': `${CHECKS_OF_STOCK} update inventory.stock set available = -1`,
  'stock is the sum of its book': 'update inventory.stock set on_hand = on_hand + 1, available = available + 1',
  'reserved and sold stock is that of reservations':
    'update inventory.stock set reserved = 1, available = available - 1',
  'an order moves its stock once': `insert into inventory.stock_movements
    (id, product_id, kind, available_delta, reserved_delta, sold_delta, order_id)
    values (gen_random_uuid(), '${PRODUCT}', 'SOLD', 0, -2, 2, '${PAID_ORDER}')`,
  'sold stock is what paid orders bought': `update orders.order_lines set quantity = 3 where order_id = '${PAID_ORDER}'`,
  'what was sent back came back once': 'update inventory.reservation_lines set returned = 2',
  'every reservation is settled': `update inventory.reservations set status = 'RESERVED'`,
  'an attempt is captured once': `insert into provider_movements values ('${PAYMENT}', 'CAPTURED', 1, 'again')`,
  'refunds stay within the capture': `update provider_movements set amount_minor = 2501 where kind = 'REFUNDED'`,
  'every transaction of the ledger balances': `delete from payments.ledger_entries where account = 'SALES_REVENUE'`,
  'the trial balance is even': `update payments.ledger_entries set amount_minor = 1 where account = 'SALES_REVENUE'`,
  "every charge at the provider is one of our payments'": `insert into provider_charges (key) values ('${UNKNOWN}')`,
  'the provider and the ledger agree on captures': `delete from payments.ledger_transactions where kind = 'CAPTURE'`,
  'the provider and the ledger agree on refunds': `delete from provider_movements where kind = 'REFUNDED'`,
  'no refund is owed': `update payments.refunds set status = 'PENDING', task_due_at = now()`,
  'no payment has something left to do': `update payments.payments set task = 'VOID', task_due_at = now()`,
  'a paid order is charged what it costs, less its refunds': `delete from provider_movements where kind = 'CAPTURED'`,
  'a cancelled order is not charged': `update payments.payments set order_id = '${CANCELLED_ORDER}'`,
  'nothing is left unpublished': `update orders.outbox set published_at = null`,
  'every event was heard by everybody whom it concerns': 'delete from payments.inbox',
  'nothing was heard that nobody said': `insert into orders.inbox (consumer, event_id) values ('orders', '${UNKNOWN}')`,
  'what can happen once is said once': `insert into orders.outbox (id, type, subject, data)
    values ('${UNKNOWN}', 'orders.order.placed.v1', '${PAID_ORDER}', '{}')`,
  'no event was given up': `insert into orders.dead_letters (consumer, event_id, state, reason, body)
    values ('orders', '${REFUND}', 'DEAD', 'HANDLER_FAILED', '')`,
  'one notification an event and recipient, and none missing': `delete from notifications.notifications
    where kind = 'ORDER_CONFIRMED'`,
  'who follows an order is told of each of its steps': 'delete from told where turn = 1',
  'nobody is told of a step twice, or after a later one': 'update told set turn = -turn',
  'who is told of a step is shown it': 'update told set steps = 1',
};

describe.skipIf(inject('postgresAdminUrl') === undefined)('the invariants', () => {
  let database: HealthyDatabase;
  beforeAll(async () => {
    database = await createHealthyDatabase();
  });
  afterAll(() => database.drop());

  it('hold where everything went as it should', async () => {
    expect(await violationsOf(database.client, invariants)).toEqual([]);
  });

  it('each have a way to be broken here', () => {
    expect(Object.keys(SPOILED).sort()).toEqual(invariants.map(({ name }) => name).sort());
  });

  it.each(Object.entries(SPOILED))('report when not: %s', async (name, spoil) => {
    const { client } = database;
    await client.query('begin');
    try {
      await client.query(spoil);
      const [violation] = await violationsOf(
        client,
        invariants.filter((invariant) => invariant.name === name),
      );
      expect(violation?.count).toBeGreaterThan(0);
      expect(violation?.offences[0]).toMatchObject({ id: expect.any(String), detail: expect.anything() });
    } finally {
      await client.query('rollback');
    }
  });
});
