import { createLogger, newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { paymentsConfig } from './config.ts';
import { createReconciliation } from './domain/reconciliation.ts';
import type { StatementEntry } from './provider/payment-provider.ts';
import {
  payments,
  reconciliationDifferences,
  reconciliationResolutions,
  reconciliationRuns,
  refunds,
} from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const HOUR_MS = 3_600_000;
const EUR = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

type Statement = (since: Date) => Promise<StatementEntry[]> | StatementEntry[];

/** How runs follow each other; reconciliation.test.ts has what one of them finds. */
eachEngine('runs of the reconciliation', (open) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.database.db.update(reconciliationRuns).set({ finishedAt: null });
  });

  const reconciliationOf = (statement: Statement, times: object = {}) =>
    createReconciliation({
      database: server.database,
      metrics: server.metrics,
      log: createLogger({ service: 'test', level: 'silent' }),
      config: { reconciliation: paymentsConfig.shape.reconciliation.parse({ every: '1ms', grace: '0ms', ...times }) },
      provider: {
        async *statement(since) {
          yield* await statement(since);
        },
      },
    });
  const entryOf = (change: Partial<StatementEntry> = {}): StatementEntry => ({
    ...{ kind: 'CHARGE', key: `strange ${newId()}`, status: 'CAPTURED', ...EUR(1), at: new Date() },
    ...change,
  });
  /** Those of a key, the oldest first, with whether they are still open. */
  const differencesOf = async (key: string) => {
    const { db } = server.database;
    const rows = await db
      .select({ kind: reconciliationDifferences.kind, resolvedBy: reconciliationResolutions.runId })
      .from(reconciliationDifferences)
      .leftJoin(reconciliationResolutions, eq(reconciliationResolutions.differenceId, reconciliationDifferences.id))
      .where(eq(reconciliationDifferences.key, key))
      .orderBy(reconciliationDifferences.id);
    return rows.map(({ kind, resolvedBy }) => ({ kind, isOpen: resolvedBy === null }));
  };
  /** A run whose statement waits for `release`. */
  const heldRun = async (entries: StatementEntry[]) => {
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const run = reconciliationOf(async () => {
      asked.resolve();
      await released.promise;
      return entries;
    }).run();
    await asked.promise;
    // The next one is to have a turn of its own.
    const { db } = server.database;
    const [last] = await db.select().from(reconciliationRuns).orderBy(desc(reconciliationRuns.slot)).limit(1);
    await until('the next turn', () => Date.now() > Number(last?.slot) + 1);
    return { run, release: released.resolve };
  };

  it('reach back to the last that came to its end', async () => {
    const { db } = server.database;
    const sinceOf = async () => {
      let given = new Date(Number.NaN);
      const failing = reconciliationOf((since) => {
        given = since;
        throw new Error('broken off');
      });
      await expect(failing.run()).rejects.toThrow('broken off');
      return Date.now() - given.getTime();
    };
    const tolerance = 60_000;
    expect(Math.abs((await sinceOf()) - 48 * HOUR_MS)).toBeLessThan(tolerance);
    await reconciliationOf(() => []).run();
    expect(Math.abs((await sinceOf()) - 48 * HOUR_MS)).toBeLessThan(tolerance);
    await db
      .update(reconciliationRuns)
      .set({ startedAt: new Date(Date.now() - 100 * HOUR_MS) })
      .where(isNotNull(reconciliationRuns.finishedAt));
    // Our own records are looked for from a quarter of the window later, which is when that one began.
    expect(Math.abs((await sinceOf()) - 112 * HOUR_MS)).toBeLessThan(tolerance);
  });

  it('that gave up are none that came to their end', async () => {
    const { db } = server.database;
    const entries = Array.from({ length: 1200 }, () => entryOf());
    await reconciliationOf(() => entries).run();
    expect(await db.select().from(reconciliationRuns).where(isNotNull(reconciliationRuns.finishedAt))).toEqual([]);
  });

  it('settle nothing that they leave out because one side is young', async () => {
    const { id } = await server.captured();
    const at = new Date(Date.now() - 2 * HOUR_MS);
    const entry = entryOf({ key: id, ...EUR(4999), at });
    const open = [{ kind: 'AMOUNT_DIFFERS', isOpen: true }];
    await reconciliationOf(() => [entry]).run();
    expect(await differencesOf(id)).toEqual(open);
    // Our payment has just changed.
    await reconciliationOf(() => [entry], { grace: '1h' }).run();
    expect(await differencesOf(id)).toEqual(open);
    await server.database.db.update(payments).set({ updatedAt: at }).where(eq(payments.id, id));
    // The provider's charge has just changed.
    await reconciliationOf(() => [{ ...entry, at: new Date() }], { grace: '1h' }).run();
    expect(await differencesOf(id)).toEqual(open);
    await reconciliationOf(() => [{ ...entry, ...EUR(5000) }], { grace: '1h' }).run();
    expect(await differencesOf(id)).toEqual([{ kind: 'AMOUNT_DIFFERS', isOpen: false }]);
  });

  it('settle nothing that is younger than what they look at', async () => {
    const entry = entryOf();
    await reconciliationOf(() => [entry]).run();
    await reconciliationOf(() => [], { grace: '1h' }).run();
    expect(await differencesOf(entry.key)).toEqual([{ kind: 'CAPTURE_NOT_IN_LEDGER', isOpen: true }]);
    await reconciliationOf(() => []).run();
    expect(await differencesOf(entry.key)).toEqual([{ kind: 'CAPTURE_NOT_IN_LEDGER', isOpen: false }]);
  });

  it('tell of a refund that the provider has sent back, unless that was this minute', async () => {
    const payment = await server.captured();
    await server.hear('return.requested', payment.orderId, { amount: EUR(5000) });
    await server.reaches(payment.orderId, 'REFUNDED');
    const [refund] = await server.database.db.select().from(refunds).where(eq(refunds.paymentId, payment.id));
    const key = refund?.id ?? '';
    const bookedHoursAgo = async (hours: number) => {
      const { db } = server.database;
      await db.execute(sql`alter table payments.ledger_transactions disable trigger ledger_transactions_append_only`);
      await db.execute(
        sql`update payments.ledger_transactions set posted_at = now() - ${hours} * interval '1 hour' where payment_id = ${payment.id}`,
      );
      await db.execute(sql`alter table payments.ledger_transactions enable trigger ledger_transactions_append_only`);
    };
    const failed = entryOf({ kind: 'REFUND', key, status: 'FAILED', ...EUR(5000) });
    const charge = entryOf({ key: payment.id, ...EUR(5000) });
    await bookedHoursAgo(2);
    await reconciliationOf(() => [charge, failed], { grace: '1h' }).run();
    expect(await differencesOf(key)).toEqual([]);
    // Also where it was booked before what this run looks at.
    await bookedHoursAgo(40);
    const before = new Date(Date.now() - 1.5 * HOUR_MS);
    await reconciliationOf(() => [charge, { ...failed, at: before }], { grace: '1h' }).run();
    expect(await differencesOf(key)).toEqual([{ kind: 'REFUND_NOT_AT_PROVIDER', isOpen: true }]);
  });

  it('compare nothing again that the provider has from before their time', async () => {
    const old = entryOf({ kind: 'REFUND', status: 'SUCCEEDED', at: new Date(Date.now() - 60 * HOUR_MS) });
    await reconciliationOf(() => [old]).run();
    expect(await differencesOf(old.key)).toEqual([]);
  });

  it('look at every payment whose sums are not the ledger’s', async () => {
    const { db } = server.database;
    const payment = await server.captured();
    const [row] = await db.select().from(payments).where(eq(payments.id, payment.id));
    if (row === undefined) throw new Error('the payment is gone');
    const ids = Array.from({ length: 600 }, () => newId());
    await db
      .insert(payments)
      .values(ids.map((id, index) => ({ ...row, id, attempt: index + 2, capturedMinor: row.amountMinor })));
    await reconciliationOf(() => []).run();
    const found = await db
      .select({ key: reconciliationDifferences.key })
      .from(reconciliationDifferences)
      .where(eq(reconciliationDifferences.kind, 'BOOKS_DISAGREE'));
    await db.delete(payments).where(inArray(payments.id, ids));
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set(ids));
  });

  it('that overlap find one difference, not one each', async () => {
    const entry = entryOf();
    const held = [];
    for (let instance = 0; instance < 5; instance++) held.push(await heldRun([entry]));
    for (const { release } of held) release();
    await Promise.all(held.map(({ run }) => run));
    expect(await differencesOf(entry.key)).toEqual([{ kind: 'CAPTURE_NOT_IN_LEDGER', isOpen: true }]);
  });

  it('that were overtaken by a later one change nothing', async () => {
    const [old, known] = [entryOf(), entryOf()];
    const overtaken = await heldRun([old]);
    await reconciliationOf(() => [known]).run();
    overtaken.release();
    await overtaken.run;
    expect(await differencesOf(old.key)).toEqual([]);
    expect(await differencesOf(known.key)).toEqual([{ kind: 'CAPTURE_NOT_IN_LEDGER', isOpen: true }]);
  });
});
