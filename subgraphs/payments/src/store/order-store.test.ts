import { newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { lockOrder } from './order-store.ts';
import { changePayment, findPayment, insertPayment } from './payment-store.ts';

eachEngine('the lock of an order', (open, engine) => {
  it('is in no deadlock with a step of its payment that changes the row twice', async ({ skip }) => {
    if (engine === 'PGlite') skip('one connection has no two transactions at once');
    await using opened = await open();
    const database = await opened.open('payments', new URL('../..', import.meta.url));
    const orderId = newId();
    const request = () => ({
      id: newId(),
      orderId,
      attempt: 1,
      customerId: newId(),
      paymentMethodId: newId(),
      status: 'PENDING' as const,
      currency: 'EUR',
      amountMinor: 100,
    });
    /** What a message that asks for the payment does. */
    const ask = () =>
      database.transaction(async (tx) => {
        await lockOrder(tx, orderId);
        return insertPayment(tx, request());
      });
    const payment = await ask();
    expect(payment).toBeDefined();
    const id = payment?.id ?? '';

    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const step = database.transaction(async (tx) => {
      const changed = payment && (await changePayment(tx, payment, {}));
      first.resolve();
      await second.promise;
      if (changed !== undefined) await changePayment(tx, changed, {});
    });
    await first.promise;
    const repeated = ask();
    await until('the repeated message to wait for the step', async () => {
      const { rows } = (await database.db.execute(
        sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )) as unknown as { rows: object[] };
      return rows.length > 0;
    });
    second.resolve();
    await step;
    expect(await repeated).toBeUndefined();
    expect(await findPayment(database.db, id)).toMatchObject({ version: 3 });
  });
});
