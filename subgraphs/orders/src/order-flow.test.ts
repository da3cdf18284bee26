import { newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { count, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orders, refunds, timeline } from './tables.ts';
import { CANCEL, openTestShop, RETURN, type TestShop } from './testing/test-shop.ts';

const payment = { paymentId: newId() };
const RESERVED = 'inventory.stock.reserved';
const REJECTED = 'inventory.stock.rejected';
const EXPIRED = 'inventory.reservation.expired';
const AUTHORIZED = 'payments.payment.authorized';
const DECLINED = 'payments.payment.declined';
const CHALLENGED = 'payments.payment.challenged';
const CAPTURED = 'payments.payment.captured';
const REFUNDED = 'payments.payment.refunded';

eachEngine('an order', (open) => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openTestShop(await open());
  });
  afterAll(() => shop.stop());

  const stateOf = async (id: string) => {
    const { db } = shop.database;
    const [order] = await db.select().from(orders).where(eq(orders.id, id));
    const [entries] = await db.select({ count: count() }).from(timeline).where(eq(timeline.orderId, id));
    return { order, entries, said: await shop.said(id) };
  };

  it('is reserved, authorised, captured, and says so at each step', async () => {
    const customer = shop.newCustomer();
    const id = await shop.order(customer);
    expect(await shop.said(id)).toEqual(['order.placed', 'reservation.requested']);
    await shop.hear(RESERVED, id, { reservationId: newId(), expiresAt: '2026-11-24T09:30:00Z' });
    expect(await shop.statusOf(id)).toBe('RESERVED');
    await shop.hear(CHALLENGED, id, payment);
    expect(await shop.statusOf(id)).toBe('RESERVED');
    expect((await shop.said(id)).slice(2)).toEqual(['payment.requested']);
    await shop.hear(AUTHORIZED, id, payment);
    expect(await shop.statusOf(id)).toBe('CONFIRMED');
    expect((await shop.said(id)).slice(3)).toEqual(['reservation.confirmed', 'capture.requested', 'order.confirmed']);
    await shop.hear(CAPTURED, id, { ...payment, amount: { amountMinor: 2490, currency: 'EUR' } });
    expect(await shop.statusOf(id)).toBe('PAID');

    const { order } = await stateOf(id);
    const total = { amountMinor: 2490, currency: 'EUR' };
    const { number, paymentMethodId } = order ?? {};
    const customerId = customer.userId;
    const said = (await shop.published()).filter(({ subject }) => subject === id);
    expect(said.find(({ type }) => type === 'orders.payment.requested.v1')?.data).toEqual({
      orderId: id,
      customerId,
      paymentMethodId,
      amount: total,
    });
    expect(said.at(-2)?.data).toEqual({ orderId: id, customerId, number, total });
    expect(said.at(-1)).toMatchObject({ type: 'orders.order.changed.v1', data: { orderId: id, status: 'PAID' } });
    expect(await shop.metrics.scrape()).toMatch(/orders_total\{status="PAID",service="orders"\} \d/);
  });

  it.each([
    ['out of stock', [REJECTED], 'OUT_OF_STOCK', []],
    ['declined', [RESERVED, DECLINED], 'PAYMENT_DECLINED', ['payment.requested', 'reservation.released']],
    ['expired while it waits', [RESERVED, EXPIRED], 'EXPIRED', ['payment.requested', 'payment.voided']],
    ['expired before it was known to be reserved', [EXPIRED], 'EXPIRED', []],
  ])('ends when it is %s', async (_what, types, reason, effects) => {
    const id = await shop.order(shop.newCustomer());
    for (const type of types) await shop.hear(type, id, { ...payment, reason: 'DECLINED', shortages: [] });
    expect(await shop.statusOf(id)).toBe('CANCELLED');
    expect((await shop.said(id)).slice(2)).toEqual([...effects, 'order.cancelled']);
    const said = (await shop.published()).filter(({ subject }) => subject === id);
    expect(said.at(-1)?.data).toMatchObject({ orderId: id, reason });
  });

  it('that is not paid is given up when its stock is gone, even if the payment has just gone through', async () => {
    const id = await shop.paidOrder(shop.newCustomer());
    await shop.hear(EXPIRED, id);
    expect(await shop.statusOf(id)).toBe('CANCELLED');
    // The stock is gone already: inventory has announced it.
    expect((await shop.said(id)).slice(-3)).toEqual(['order.confirmed', 'payment.voided', 'order.cancelled']);
  });

  it('that is cancelled gives back what reaches it late', async () => {
    const customer = shop.newCustomer();
    const id = await shop.order(customer);
    await shop.query(CANCEL, { input: { orderId: id } }, customer);
    const before = (await shop.said(id)).length;
    await shop.hear(RESERVED, id);
    await shop.hear(AUTHORIZED, id, payment);
    await shop.hear(CAPTURED, id, payment);
    expect((await shop.said(id)).slice(before)).toEqual(['reservation.released', 'payment.voided', 'payment.voided']);
    const amount = { amountMinor: 2490, currency: 'EUR' };
    await shop.hear(REFUNDED, id, { ...payment, refundId: newId(), amount, fullyRefunded: true });
    expect(await shop.statusOf(id)).toBe('CANCELLED');
  });

  it('does not move for a message that is repeated, overtaken or about another order', async () => {
    const id = await shop.order(shop.newCustomer());
    const steps = [RESERVED, AUTHORIZED, CAPTURED];
    // Too early: nobody was asked for a payment yet.
    for (const type of [AUTHORIZED, CAPTURED, DECLINED, CHALLENGED]) {
      const before = await stateOf(id);
      await shop.hear(type, id, { ...payment, reason: 'DECLINED' });
      expect(await stateOf(id)).toEqual(before);
    }
    for (const type of steps) {
      const eventId = await shop.hear(type, id, payment);
      const after = await stateOf(id);
      // The same event again, and the same news under another id.
      await shop.deliver({ id: eventId, type: `${type}.v1`, subject: id, data: { orderId: id, ...payment } });
      await shop.hear(type, id, payment);
      for (const earlier of steps.slice(0, steps.indexOf(type))) await shop.hear(earlier, id, payment);
      expect(await stateOf(id)).toEqual(after);
    }
    for (const type of [...steps, REJECTED, EXPIRED, DECLINED, CHALLENGED]) {
      await shop.hear(type, newId(), { ...payment, reason: 'DECLINED' });
    }
    const stranger = { ...payment, refundId: newId(), amount: { amountMinor: 1, currency: 'EUR' } };
    await shop.hear(REFUNDED, newId(), { ...stranger, fullyRefunded: true });
    expect(await shop.statusOf(id)).toBe('PAID');
  });

  it('is refunded in part or in full, and counts each refund once', async () => {
    const customer = shop.newCustomer();
    const product = await shop.product();
    const id = await shop.paidOrder(customer, [[product, 2]]);
    const refund = { ...payment, refundId: newId(), amount: { amountMinor: 1000, currency: 'EUR' } };
    const sendBack = async () => {
      const lines = [{ productId: product.productId, quantity: 1 }];
      const input = { idempotencyKey: newId(), orderId: id, reason: 'Too small', lines };
      await shop.query(RETURN, { input }, customer);
    };
    await sendBack();
    await shop.hear(REFUNDED, id, { ...refund, fullyRefunded: false });
    expect(await shop.statusOf(id)).toBe('PAID');
    await sendBack();
    await shop.hear(REFUNDED, id, { ...refund, fullyRefunded: false });
    expect(await shop.statusOf(id)).toBe('RETURN_REQUESTED');
    const rest = { ...payment, refundId: newId(), amount: { amountMinor: 1490, currency: 'EUR' } };
    await shop.hear(REFUNDED, id, { ...rest, fullyRefunded: true });
    expect(await shop.statusOf(id)).toBe('REFUNDED');
    const { db } = shop.database;
    expect(await db.select().from(refunds).where(eq(refunds.orderId, id))).toHaveLength(2);
  });

  it('of whose capture is heard before its authorisation is confirmed and paid, once', async () => {
    const id = await shop.order(shop.newCustomer());
    await shop.hear(RESERVED, id);
    await shop.hear(CAPTURED, id, payment);
    const paid = await stateOf(id);
    expect(paid.order).toMatchObject({ status: 'PAID', paidAt: expect.any(Date) });
    expect(paid.said.slice(2)).toEqual(['payment.requested', 'reservation.confirmed', 'order.confirmed']);
    await shop.hear(AUTHORIZED, id, payment);
    expect(await stateOf(id)).toEqual(paid);
  });

  it.each([
    ['in part', false, 'PAID'],
    ['in full', true, 'REFUNDED'],
  ])('of whose refund %s is heard before its payment ends as if in order', async (_what, fullyRefunded, status) => {
    const id = await shop.order(shop.newCustomer());
    await shop.hear(RESERVED, id);
    const amount = { amountMinor: fullyRefunded ? 2490 : 1000, currency: 'EUR' };
    await shop.hear(REFUNDED, id, { ...payment, refundId: newId(), amount, fullyRefunded });
    for (const type of [AUTHORIZED, CAPTURED]) await shop.hear(type, id, payment);
    const { order, said } = await stateOf(id);
    expect(order).toMatchObject({ status });
    expect(said.slice(2)).toEqual(['payment.requested', 'reservation.confirmed', 'order.confirmed']);
  });

  it('whose payment was declined, and collected all the same, is cancelled in whatever order that is heard', async () => {
    const refund = () => ({ ...payment, refundId: newId(), amount: { amountMinor: 2490, currency: 'EUR' } });
    const news = { declined: DECLINED, captured: CAPTURED, refunded: REFUNDED };
    for (const heard of [
      ['declined', 'captured', 'refunded'],
      ['captured', 'declined', 'refunded'],
      ['captured', 'refunded', 'declined'],
      ['refunded', 'declined', 'captured'],
    ] as const) {
      const id = await shop.order(shop.newCustomer());
      await shop.hear(RESERVED, id);
      for (const what of heard)
        await shop.hear(news[what], id, { ...refund(), reason: 'DECLINED', fullyRefunded: true });
      expect([...heard, await shop.statusOf(id)]).toEqual([...heard, 'CANCELLED']);
      const said = await shop.said(id);
      expect(said.filter((type) => type === 'reservation.released')).toHaveLength(1);
      expect(said.lastIndexOf('reservation.confirmed')).toBeLessThan(said.indexOf('reservation.released'));
    }
  });

  it('that is refunded before its capture was heard of ends the same way', async () => {
    const id = await shop.order(shop.newCustomer());
    await shop.hear(RESERVED, id);
    await shop.hear(AUTHORIZED, id, payment);
    const refund = { ...payment, refundId: newId(), amount: { amountMinor: 2490, currency: 'EUR' } };
    await shop.hear(REFUNDED, id, { ...refund, fullyRefunded: true });
    await shop.hear(CAPTURED, id, payment);
    expect(await shop.statusOf(id)).toBe('REFUNDED');
  });

  it('forgets where it was sent when its customer’s account is closed, and nobody fills that cart again', async () => {
    const customer = shop.newCustomer();
    const bystander = shop.newCustomer();
    const product = await shop.product();
    const [id, other] = [await shop.order(customer), await shop.order(bystander)];
    await shop.query(CANCEL, { input: { orderId: id, reason: 'Grandma has one' } }, customer);
    await shop.addToCart(customer, product);
    for (let turn = 0; turn < 2; turn++) {
      const closed = { userId: customer.userId };
      await shop.deliver({ type: 'users.account.closed.v1', subject: customer.userId, data: closed });
    }
    const seen = `query ($id: ID!) { order(id: $id) { number shippingAddress { city } timeline { note } } }`;
    expect((await shop.query(seen, { id }, customer)).data.order).toMatchObject({
      shippingAddress: null,
      timeline: [{ note: null }, { note: null }],
    });
    expect((await shop.query(seen, { id: other }, bystander)).data.order.shippingAddress).toEqual({ city: 'Berlin' });
    expect((await shop.query('{ cart { id } }', {}, customer)).data.cart).toBeNull();
    await expect(shop.addToCart(customer, product)).rejects.toThrow();
    expect((await shop.query('{ cart { id } }', {}, customer)).data.cart).toBeNull();
    expect(JSON.stringify(await stateOf(id))).not.toMatch(/Ada|Example Street|Grandma/);
  });

  it('takes no note from somebody whose account is closed, though their access token still lives', async () => {
    const customer = shop.newCustomer();
    const product = await shop.product();
    const [open, paid] = [await shop.order(customer), await shop.paidOrder(customer, [[product, 1]])];
    const closed = { userId: customer.userId };
    await shop.deliver({ type: 'users.account.closed.v1', subject: customer.userId, data: closed });
    const before = [await stateOf(open), await stateOf(paid)];
    const lines = [{ productId: product.productId, quantity: 1 }];
    for (const [mutation, input] of [
      [CANCEL, { orderId: open, reason: 'Grandma has one' }],
      [RETURN, { idempotencyKey: newId(), orderId: paid, lines, reason: 'Grandma has one' }],
    ] as const) {
      expect(await shop.query(mutation, { input }, customer)).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
    expect([await stateOf(open), await stateOf(paid)]).toEqual(before);
  });
});
