import { newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { leasePaymentTasks } from './store/payment-store.ts';
import { orders, payments } from './tables.ts';
import { startPayments, testConfig } from './testing/test-payments.ts';

const FOLDER = new URL('..', import.meta.url);

/** A payment that is to be authorised now, by a payment method that is not there. */
const due = (id: string) => ({
  id,
  orderId: id,
  attempt: 1,
  customerId: id,
  paymentMethodId: id,
  status: 'PENDING' as const,
  currency: 'EUR',
  amountMinor: 1,
  task: 'AUTHORIZE' as const,
  taskDueAt: sql`now()`,
});

eachEngine('the worker', (open) => {
  it('finishes the call that it has begun before the service stops', async () => {
    await using database = await open();
    const server = await startPayments(database);
    const orderId = await server.request({ token: 'tok_slow' });
    const { db } = server.database;
    await expect
      .poll(async () => (await db.select().from(payments).where(eq(payments.orderId, orderId)))[0])
      .toSatisfy((payment) => payment.taskAttempts === 1 || payment.status === 'AUTHORIZED');
    await server.stop();
    const kept = await database.open('payments', FOLDER);
    const [payment] = await kept.db.select().from(payments).where(eq(payments.orderId, orderId));
    expect(payment?.status).toBe('AUTHORIZED');
  });

  it('takes over from one that died between the provider’s answer and its record', async () => {
    await using database = await open();
    await using server = await startPayments(database);
    const customer = server.newCustomer();
    const methodId = await server.addCard(customer);
    const orderId = await server.request({ customer, methodId });
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    // Without it nothing could be charged again.
    await server.mutate('removePaymentMethod', { id: methodId }, customer);
    const { db } = server.database;
    await db
      .update(payments)
      .set({ status: 'PENDING', task: 'AUTHORIZE', taskAttempts: 1, taskDueAt: sql`now()` })
      .where(eq(payments.id, id));
    await server.reaches(orderId, 'AUTHORIZED');
    expect(server.sandbox.charges()).toHaveLength(1);
  });

  it('asks what became of a payment whose answer was lost, and does not make it again', async () => {
    await using database = await open();
    const provider = { ...testConfig.provider, timeout: '200ms' };
    await using server = await startPayments(database, { ...testConfig, provider });
    const orderId = await server.request({ token: 'tok_timeout_then_charged' });
    await server.reaches(orderId, 'AUTHORIZED');
    expect(await server.said(orderId)).toEqual(['authorized']);
    expect(server.sandbox.charges()).toHaveLength(1);
  });

  it('declines what lost its payment method between two attempts, and sees to it that nothing is charged', async () => {
    await using database = await open();
    await using server = await startPayments(database);
    const { db } = server.database;
    const id = newId();
    await db.insert(orders).values({ id });
    // As if the first attempt had got no answer, and were still on its way.
    await db.insert(payments).values({ ...due(id), taskAttempts: 1 });
    expect(await server.reaches(id, 'DECLINED')).toMatchObject({ declineReason: 'PAYMENT_METHOD_UNAVAILABLE' });
    expect(server.sandbox.charges()).toMatchObject([{ key: id, status: 'VOIDED' }]);
    expect(await server.said(id)).toEqual(['declined']);
  });

  it('shares the work with others: no task is taken by two', async () => {
    await using database = await open();
    const { db } = await database.open('payments', FOLDER);
    const ids = Array.from({ length: 60 }, () => newId());
    await db.insert(orders).values(ids.map((id) => ({ id })));
    await db.insert(payments).values(ids.map(due));
    const leased = await Promise.all(Array.from({ length: 8 }, () => leasePaymentTasks(db, 10, 60_000)));
    const taken = leased.flat().map(({ id }) => id);
    expect(new Set(taken).size).toBe(taken.length);
    const rest = await leasePaymentTasks(db, 100, 60_000);
    expect([...taken, ...rest.map(({ id }) => id)].sort()).toEqual(ids.sort());
    expect(await leasePaymentTasks(db, 100, 60_000)).toEqual([]);
  });
});
