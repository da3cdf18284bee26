import { newId } from '@tributary/service-kit';
import { eachEngine, type TestDatabase, until } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orders } from './tables.ts';
import { openTestShop, type TestShop } from './testing/test-shop.ts';

const RESERVED = 'inventory.stock.reserved';
const AUTHORIZED = 'payments.payment.authorized';
const payment = { paymentId: newId() };
const config = { placement: { waitForStock: '0s' }, saga: { timeout: '30m', sweepEvery: '20ms' } };

eachEngine('an order that waits for too long', (open) => {
  let database: TestDatabase;
  let shop: TestShop;
  beforeAll(async () => {
    database = await open();
    shop = await openTestShop(database, config);
  });
  afterAll(() => shop.stop());

  /** Lets the order's last step be long ago. */
  const age = (id: string, minutes: number) =>
    shop.database.db
      .update(orders)
      .set({ updatedAt: sql`now() - make_interval(mins => ${minutes}::int)` })
      .where(eq(orders.id, id));
  async function orderAfter(...types: string[]): Promise<string> {
    const id = await shop.order(shop.newCustomer());
    for (const type of types) await shop.hear(type, id, payment);
    return id;
  }
  const ended = (id: string) => until('the order to end', async () => (await shop.statusOf(id)) === 'CANCELLED');

  it.each([
    ['for stock', [], []],
    ['for a payment', [RESERVED], ['payment.voided']],
  ])('%s is cancelled, and what it may hold is given back', async (_what, types, effects) => {
    const id = await orderAfter(...types);
    const before = (await shop.said(id)).length;
    await age(id, 31);
    await ended(id);
    expect((await shop.said(id)).slice(before)).toEqual(['reservation.released', ...effects, 'order.cancelled']);
    const said = (await shop.published()).filter(({ subject }) => subject === id);
    expect(said.at(-1)?.data).toMatchObject({ reason: 'EXPIRED' });
    const read = 'query ($id: ID!) { order(id: $id) { cancellation { reason } timeline { cause message eventId } } }';
    const { order } = (await shop.query(read, { id }, shop.admin)).data;
    expect(order.cancellation).toEqual({ reason: 'EXPIRED' });
    expect(order.timeline.at(-1)).toEqual({
      cause: 'TIMED_OUT',
      message: 'The order was cancelled: it could not be completed in time.',
      eventId: null,
    });
    // The answer that it has waited for comes after all.
    await shop.hear(types.length === 0 ? RESERVED : AUTHORIZED, id, payment);
    expect((await shop.said(id)).at(-1)).toBe(types.length === 0 ? 'reservation.released' : 'payment.voided');
  });

  it('is not touched before its time, nor once it is confirmed, nor when it has ended', async () => {
    const fresh = await orderAfter(RESERVED);
    const confirmed = await orderAfter(RESERVED, AUTHORIZED);
    const paid = await orderAfter(RESERVED, AUTHORIZED, 'payments.payment.captured');
    await age(fresh, 29);
    for (const id of [confirmed, paid]) await age(id, 10_000);
    const overdue = await orderAfter();
    await age(overdue, 31);
    await ended(overdue);
    expect(await Promise.all([fresh, confirmed, paid].map(shop.statusOf))).toEqual(['RESERVED', 'CONFIRMED', 'PAID']);
  });

  it('is cancelled once by several instances that look for it, or takes the step that comes at that moment', async () => {
    const others = await Promise.all([openTestShop(database, config), openTestShop(database, config)]);
    const ids = await Promise.all(Array.from({ length: 12 }, () => orderAfter(RESERVED)));
    await Promise.all(ids.flatMap((id) => [age(id, 31), shop.hear(AUTHORIZED, id, payment)]));
    await until('each order to have moved', async () => {
      const statuses = await Promise.all(ids.map(shop.statusOf));
      return statuses.every((status) => status !== 'RESERVED');
    });
    const said = (await Promise.all([shop, ...others].map((each) => each.published()))).flat();
    for (const id of ids) {
      const types = said.filter(({ subject }) => subject === id).map(({ type }) => type);
      const confirmed = (await shop.statusOf(id)) === 'CONFIRMED';
      expect(types.filter((type) => type === 'orders.order.cancelled.v1')).toHaveLength(confirmed ? 0 : 1);
      expect(types.filter((type) => type === 'orders.order.confirmed.v1')).toHaveLength(confirmed ? 1 : 0);
    }
    for (const other of others) await other.stop();
  });
});
