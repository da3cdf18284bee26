import { createMetrics, type Database, type EmitEvent, newId } from '@tributary/service-kit';
import { eachEngine, type TestDatabase } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOrder, insertOrder, type OrderStatus } from '../store/order-store.ts';
import { ORDER_STATUSES, ORDER_TRIGGERS, timeline } from '../tables.ts';
import { createOrderSaga, type OrderSaga } from './order-saga.ts';
import { type OrderTrigger, orderTransitions } from './order-transitions.ts';
import { createOrderWatch, type OrderWatch } from './order-watch.ts';

eachEngine('the saga', (open) => {
  let testDatabase: TestDatabase;
  let database: Database;
  const said: string[] = [];
  const emit: EmitEvent = async (_tx, { type }, subject) => {
    said.push(`${subject} ${type}`);
  };
  const metrics = createMetrics({ service: 'orders', processMetrics: false });
  let saga: OrderSaga;
  let watch: OrderWatch;

  beforeAll(async () => {
    testDatabase = await open();
    database = await testDatabase.open('orders', new URL('../..', import.meta.url));
    watch = createOrderWatch({ database });
    saga = createOrderSaga({ emit, metrics }, watch);
  });
  afterAll(() => testDatabase.close());

  async function orderIn(status: OrderStatus): Promise<string> {
    const id = newId();
    const now = new Date();
    const amounts = { currency: 'EUR', subtotalMinor: 1000, shippingMinor: 490, totalMinor: 1490 };
    const product = { productId: newId(), sku: 'SKU-1', name: 'A thing', quantity: 1, unitPriceMinor: 1000 };
    await database.transaction((tx) =>
      insertOrder(
        tx,
        {
          ...amounts,
          id,
          status,
          customerId: newId(),
          paymentMethodId: newId(),
          idempotencyKey: id,
          placedAt: now,
          updatedAt: now,
        },
        [product],
      ),
    );
    return id;
  }

  const advance = (id: string, trigger: OrderTrigger, eventId = newId()) =>
    database.transaction((tx) => saga.advance(tx, id, trigger, { eventId }));

  const timelineOf = (id: string) => database.db.select().from(timeline).where(eq(timeline.orderId, id));

  describe.each(ORDER_TRIGGERS)('on %s', (trigger) => {
    it.each(ORDER_STATUSES)('does in %s what the table says, and nothing else', async (status) => {
      const id = await orderIn(status);
      const eventId = newId();
      const transition = orderTransitions[trigger][status];
      const { taken } = await advance(id, trigger, eventId);
      const order = await findOrder(database.db, id);
      expect(taken).toBe(transition !== undefined);
      expect(order).toMatchObject({ status: transition?.to ?? status, version: transition === undefined ? 1 : 2 });
      expect(await timelineOf(id)).toMatchObject(
        transition === undefined ? [] : [{ status: transition.to, cause: trigger, eventId }],
      );
      const [changed, ...effects] = said.filter((line) => line.startsWith(id));
      expect(changed).toBe(transition === undefined ? undefined : `${id} orders.order.changed.v1`);
      expect(effects).toHaveLength(transition?.effects.length ?? 0);
    });
  });

  const counted = async (status: OrderStatus) => {
    const { values } = await metrics.get('orders_total').get();
    return values.find(({ labels }) => labels.status === status)?.value ?? 0;
  };

  it('counts each status that was reached, and no step that stayed', async () => {
    const before = await counted('RESERVED');
    const id = await orderIn('PLACED');
    await advance(id, 'STOCK_RESERVED');
    await advance(id, 'PAYMENT_CHALLENGED');
    await advance(id, 'STOCK_RESERVED');
    expect(await counted('RESERVED')).toBe(before + 1);
  });

  it('counts an order as paid once, and each of its returns', async () => {
    const [paid, returned] = [await counted('PAID'), await counted('RETURN_REQUESTED')];
    const id = await orderIn('CONFIRMED');
    await advance(id, 'PAYMENT_CAPTURED');
    for (let turn = 0; turn < 2; turn++) {
      await advance(id, 'RETURN_REQUESTED');
      await advance(id, 'PAYMENT_REFUNDED_IN_PART');
    }
    expect(await counted('PAID')).toBe(paid + 1);
    expect(await counted('RETURN_REQUESTED')).toBe(returned + 2);
  });

  it('wakes who waits for the step', async () => {
    const id = await orderIn('PLACED');
    const waiting = watch.firstStep(id, 60_000, new AbortController().signal);
    await advance(id, 'STOCK_RESERVED');
    await waiting;
  });

  it('knows when an order was paid first', async () => {
    const id = await orderIn('CONFIRMED');
    await advance(id, 'PAYMENT_CAPTURED');
    const paidAt = (await findOrder(database.db, id))?.paidAt;
    await advance(id, 'RETURN_REQUESTED');
    await advance(id, 'PAYMENT_REFUNDED_IN_PART');
    expect(paidAt).toBeInstanceOf(Date);
    expect((await findOrder(database.db, id))?.paidAt).toEqual(paidAt);
  });

  it('never confirms what is cancelled at the same moment', async () => {
    const ids = await Promise.all(Array.from({ length: 15 }, () => orderIn('RESERVED')));
    await Promise.all(
      ids.flatMap((id, index) => {
        const steps = [() => advance(id, 'PAYMENT_AUTHORIZED'), () => advance(id, 'CUSTOMER_CANCELLED')];
        return (index % 2 === 0 ? steps : steps.reverse()).map((step) => step());
      }),
    );
    for (const id of ids) {
      const order = await findOrder(database.db, id);
      expect(order).toMatchObject({ status: 'CANCELLED', version: 3 });
      const types = said.filter((line) => line.startsWith(id)).map((line) => line.split(' ')[1]);
      expect(types.filter((type) => type === 'orders.order.cancelled.v1')).toHaveLength(1);
      expect(types).toContain('orders.payment.voided.v1');
      expect(types.lastIndexOf('orders.capture.requested.v1')).toBeLessThan(
        types.lastIndexOf('orders.payment.voided.v1'),
      );
    }
  });
});
