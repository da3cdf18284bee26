import { newId } from '@tributary/service-kit';
import { eachEngine, type TestDatabase } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ordersConfig } from '../config.ts';
import { findOrder, insertOrder } from '../store/order-store.ts';
import { createOrderWatch, type OrderWatch } from './order-watch.ts';
import { createAnswerPlacement } from './placement-answer.ts';

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

eachEngine('waiting for an order', (open) => {
  let opened: TestDatabase;
  let database: Awaited<ReturnType<TestDatabase['open']>>;
  let watch: OrderWatch;
  beforeAll(async () => {
    opened = await open();
    database = await opened.open('orders', new URL('../..', import.meta.url));
    watch = createOrderWatch({ database });
  });
  afterAll(() => opened.close());

  function newOrder() {
    const now = new Date();
    const row = { id: newId(), status: 'PLACED', customerId: newId(), paymentMethodId: newId() } as const;
    const amounts = { currency: 'EUR', subtotalMinor: 1000, shippingMinor: 490, totalMinor: 1490 };
    const line = { productId: newId(), sku: 'SKU-1', name: 'A thing', quantity: 1, unitPriceMinor: 1000 };
    return database.transaction((tx) =>
      insertOrder(tx, { ...row, ...amounts, idempotencyKey: row.id, placedAt: now, updatedAt: now }, [line]),
    );
  }

  it('ends when the time is over, the caller is gone, or was gone before', async () => {
    const { id } = await newOrder();
    await watch.firstStep(id, 1, never);
    const caller = new AbortController();
    const waiting = watch.firstStep(id, MINUTE_MS, caller.signal);
    caller.abort();
    await waiting;
    await watch.firstStep(id, MINUTE_MS, caller.signal);
  });

  it('wakes all who wait for that order, after the commit and not before, and nobody else', async () => {
    const woken: string[] = [];
    const caller = new AbortController();
    const wait = (id: string) => watch.firstStep(id, MINUTE_MS, caller.signal).then(() => void woken.push(id));
    const waiting = [wait('a'), wait('a'), wait('b')];
    await database.transaction(async (tx) => {
      watch.wakeAfterCommit('a');
      await findOrder(tx, newId());
      expect(woken).toEqual([]);
    });
    await Promise.all(waiting.slice(0, 2));
    expect(woken).toEqual(['a', 'a']);
    caller.abort();
    await Promise.all(waiting);
  });

  it('asks the database nothing while nobody waits', async () => {
    const statements: string[] = [];
    const stop = database.onStatement(({ sql }) => statements.push(sql));
    await watch.look();
    stop();
    expect(statements).toEqual([]);
  });

  it('is refused inside a transaction, which it would hold open', async () => {
    const waiting = database.transaction(() => watch.firstStep(newId(), 1, never));
    await expect(waiting).rejects.toThrow('inside a database transaction');
  });

  it('keeps no answer for a caller who is gone', async () => {
    const placed = await newOrder();
    const answer = createAnswerPlacement({ database, config: ordersConfig.parse({}) }, watch);
    const caller = new AbortController();
    const answering = answer(placed, caller.signal);
    caller.abort();
    await expect(answering).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect((await findOrder(database.db, placed.id))?.answeredVersion).toBeNull();
  });
});
