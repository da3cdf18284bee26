import { anonymous, createLogger, type Identity, newId, Secret } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { count, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { paymentsConfig } from './config.ts';
import { createReconciliation } from './domain/reconciliation.ts';
import type { StatementEntry } from './provider/payment-provider.ts';
import { createSandboxProvider } from './provider/sandbox-provider.ts';
import type { PaymentRow } from './store/payment-store.ts';
import { payments, reconciliationDifferences, reconciliationResolutions, reconciliationRuns } from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';
import { API_KEY } from './testing/test-sandbox.ts';

const EUR = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const READ = `query ($first: Int!, $after: String) { reconciliation {
  lastRun { id since startedAt finishedAt entries }
  openDifferences(first: $first, after: $after) {
    nodes { id kind key at foundAt payment { id } ours { status amountMinor currency } provider { status amountMinor currency } }
    edges { cursor node { id } }
    pageInfo { hasNextPage endCursor }
  }
} }`;

type Entries = StatementEntry[];

eachEngine('reconciliation', (open) => {
  let server: TestPayments;
  const lines: string[] = [];
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  /** What is compared: by default at once, and each call in a turn of its own. */
  const reconciliationOf = (edit: (entries: Entries) => Entries | Promise<Entries>, times: object = {}) => {
    const sandbox = createSandboxProvider({ url: server.sandbox.url, apiKey: new Secret(API_KEY) });
    return createReconciliation({
      database: server.database,
      metrics: server.metrics,
      log: createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } }),
      config: {
        reconciliation: paymentsConfig.shape.reconciliation.parse({ every: '1ms', grace: '0ms', ...times }),
      },
      provider: {
        async *statement(since, signal) {
          const entries: Entries = [];
          for await (const entry of sandbox.statement(since, signal)) entries.push(entry);
          yield* await edit(entries);
        },
      },
    });
  };
  const openDifferences = async (first = 100, after?: string) => {
    const { data } = await server.query(READ, { first, after }, server.admin);
    return data.reconciliation.openDifferences;
  };
  /** Compares, and gives what is open then, the oldest first. */
  const reconcile = async (edit: (entries: Entries) => Entries = (entries) => entries, times?: object) => {
    await reconciliationOf(edit, times).run();
    const { nodes } = await openDifferences();
    return nodes.reverse();
  };
  const refunded = async (minor = 2000): Promise<PaymentRow & { refundId: string }> => {
    const payment = await server.captured();
    await server.hear('return.requested', payment.orderId, { amount: EUR(minor) });
    const then = await server.reaches(payment.orderId, minor === 5000 ? 'REFUNDED' : 'PARTIALLY_REFUNDED');
    return { ...then, refundId: server.sandbox.refunds(payment.id)[0]?.key ?? '' };
  };
  const of = (key: string) => (entry: StatementEntry) => entry.key === key;
  const without = (key: string) => (entries: Entries) => entries.filter((entry) => entry.key !== key);
  const changed = (key: string, change: Partial<StatementEntry>) => (entries: Entries) =>
    entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry));

  it('finds nothing where all is well', async () => {
    await refunded();
    await refunded(5000);
    const failed = await server.captured({ token: 'tok_refund_fails' });
    await server.hear('return.requested', failed.orderId, { amount: EUR(100) });
    await server.reaches(await server.request({ token: 'tok_declined' }), 'DECLINED');
    await server.reaches(await server.request({ token: 'tok_challenge' }), 'CHALLENGED');
    const voided = await server.request();
    await server.reaches(voided, 'AUTHORIZED');
    await server.hear('payment.voided', voided);
    await server.reaches(voided, 'VOIDED');
    expect(await reconcile()).toEqual([]);
  });

  it('finds money that was collected without our knowledge, until we know of it', async () => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    server.sandbox.force(id, 'CAPTURED');
    const found = await reconcile();
    expect(found).toMatchObject([
      {
        kind: 'CAPTURE_NOT_IN_LEDGER',
        key: id,
        payment: { id },
        ours: { status: 'AUTHORIZED', ...EUR(5000) },
        provider: { status: 'CAPTURED', ...EUR(5000) },
      },
    ]);
    // The same difference is one, however often it is found.
    expect(await reconcile()).toEqual(found);
    expect(await server.metrics.scrape()).toMatch(
      /payment_reconciliation_differences\{kind="CAPTURE_NOT_IN_LEDGER",service="payments"\} 1\n/,
    );
    const told = lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'reconciliation difference');
    expect(told).toMatchObject([{ level: 'error', kind: 'CAPTURE_NOT_IN_LEDGER', key: id, payment_id: id }]);

    expect(await server.report('payment.captured', { paymentId: id })).toBe(204);
    await server.reaches(orderId, 'CAPTURED');
    expect(await reconcile()).toEqual([]);
    expect(await server.metrics.scrape()).toMatch(/differences\{kind="CAPTURE_NOT_IN_LEDGER",service="payments"\} 0\n/);
    expect(lines.join()).toContain('reconciliation difference resolved');
  });

  it('finds money that stays set aside for what has ended', async () => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    await server.hear('payment.voided', orderId);
    await server.reaches(orderId, 'VOIDED');
    server.sandbox.force(id, 'AUTHORIZED');
    expect(await reconcile()).toMatchObject([
      { kind: 'AUTHORIZATION_LEFT_OPEN', key: id, ours: { status: 'VOIDED' }, provider: { status: 'AUTHORIZED' } },
    ]);
    expect(await server.report('payment.authorized', { paymentId: id })).toBe(204);
    // Once the worker has let go of it.
    await until('nothing to differ', async () => (await reconcile()).length === 0);
  });

  it('finds each other way in which the books can differ, and that it is over', async () => {
    const { id, refundId } = await refunded();
    const strange = { kind: 'REFUND', key: 're_strange', status: 'SUCCEEDED', ...EUR(1), at: new Date() } as const;
    const twice = (key: string) => (entries: Entries) => [...entries, ...entries.filter(of(key))];
    for (const [edit, kind, key, sides] of [
      [without(id), 'CAPTURE_NOT_AT_PROVIDER', id, { payment: { id }, ours: EUR(5000), provider: null }],
      [changed(id, { status: 'VOIDED' }), 'CAPTURE_NOT_AT_PROVIDER', id, { provider: { status: 'VOIDED' } }],
      [changed(id, { amountMinor: 4999 }), 'AMOUNT_DIFFERS', id, { ours: EUR(5000), provider: EUR(4999) }],
      [changed(id, { currency: 'USD' }), 'AMOUNT_DIFFERS', id, { provider: { currency: 'USD' } }],
      [twice(id), 'CHARGED_TWICE', id, { payment: { id } }],
      [without(refundId), 'REFUND_NOT_AT_PROVIDER', refundId, { payment: { id }, ours: EUR(2000), provider: null }],
      [changed(refundId, { status: 'FAILED' }), 'REFUND_NOT_AT_PROVIDER', refundId, { provider: { status: 'FAILED' } }],
      [changed(refundId, { amountMinor: 1 }), 'AMOUNT_DIFFERS', refundId, { payment: { id }, provider: EUR(1) }],
      [twice(refundId), 'REFUNDED_TWICE', refundId, { payment: { id } }],
      [
        (entries: Entries) => [...entries, strange],
        'REFUND_NOT_IN_LEDGER',
        're_strange',
        { payment: null, ours: null },
      ],
      [
        (entries: Entries) => [...entries, { ...strange, kind: 'CHARGE', status: 'CAPTURED', key: newId() } as const],
        'CAPTURE_NOT_IN_LEDGER',
        expect.any(String),
        { payment: null, ours: null },
      ],
      [
        (entries: Entries) => [...entries, { ...strange, kind: 'CHARGE', status: 'AUTHORIZED' } as const],
        'AUTHORIZATION_LEFT_OPEN',
        're_strange',
        { payment: null, ours: null },
      ],
    ] as const) {
      expect(await reconcile(edit)).toMatchObject([{ kind, key, ...sides }]);
      expect(await reconcile()).toEqual([]);
    }
  });

  it('finds a payment whose own sums are not the ledger’s', async () => {
    const { id } = await server.captured();
    const set = (minor: number) =>
      server.database.db
        .update(payments)
        .set({ promisedMinor: minor, refundedMinor: minor })
        .where(eq(payments.id, id));
    await set(1);
    expect(await reconcile()).toMatchObject([
      { kind: 'BOOKS_DISAGREE', key: id, ours: EUR(4999), provider: { status: null, amountMinor: 5000 } },
    ]);
    await set(0);
    expect(await reconcile()).toEqual([]);
  });

  it('leaves out what is young, and keeps what it does not look at', async () => {
    const { id, refundId } = await refunded();
    const none = without(id);
    expect(await reconcile((entries) => none(without(refundId)(entries)), { grace: '1h' })).toEqual([]);
    const strange = { kind: 'REFUND', key: 're_young', status: 'SUCCEEDED', ...EUR(1), at: new Date() } as const;
    expect(await reconcile((entries) => [...entries, strange, strange], { grace: '1h' })).toEqual([]);
    const [found] = await reconcile(none);
    expect(found).toMatchObject({ kind: 'CAPTURE_NOT_AT_PROVIDER' });
    // A window that has passed it by says nothing about it.
    expect(await reconcile(() => [], { window: '1ms' })).toEqual([found]);
    expect(await reconcile()).toEqual([]);
  });

  it('says nothing of what lies so far back that the other side may be out of sight', async () => {
    const at = new Date(Date.now() - 40 * 3_600_000);
    const old = { kind: 'REFUND', key: 're_old', status: 'SUCCEEDED', ...EUR(1), at } as const;
    const [found] = await reconcile((entries) => [...entries, old]);
    expect(found).toMatchObject({ kind: 'REFUND_NOT_IN_LEDGER', key: 're_old' });
    expect(await reconcile()).toEqual([found]);
    expect(await reconcile(undefined, { window: '96h' })).toEqual([]);
  });

  it('changes nothing when the statement breaks off, and says when it last came to its end', async () => {
    const { id } = await server.captured();
    const before = (await server.query(READ, { first: 1 }, server.admin)).data.reconciliation.lastRun;
    const broken = reconciliationOf(() => Promise.reject(new Error('broken off')));
    await expect(broken.run()).rejects.toThrow('broken off');
    const after = (await server.query(READ, { first: 1 }, server.admin)).data.reconciliation.lastRun;
    expect(after).toEqual(before);
    expect(await reconcile(without(id))).toHaveLength(1);
    await expect(broken.run()).rejects.toThrow('broken off');
    expect((await openDifferences()).nodes).toHaveLength(1);
    expect(await reconcile()).toEqual([]);
    const last = (await server.query(READ, { first: 1 }, server.admin)).data.reconciliation.lastRun;
    expect(last.entries).toBe(
      server.sandbox.charges().length +
        server.sandbox.charges().flatMap(({ key }) => server.sandbox.refunds(key)).length,
    );
    expect(Date.parse(last.finishedAt)).toBeGreaterThan(Date.parse(before.finishedAt));
    expect(Date.parse(last.startedAt) - Date.parse(last.since)).toBe(48 * 3_600_000);
  });

  it('gives up where everything differs, and then calls nothing settled', async () => {
    const { id } = await server.captured();
    const [found] = await reconcile(without(id));
    const entry = { kind: 'CHARGE', status: 'CAPTURED', ...EUR(1), at: new Date() } as const;
    await reconciliationOf(() =>
      Array.from({ length: 1200 }, (_, place) => ({ ...entry, key: `strange ${place}` })),
    ).run();
    const [total] = await server.database.db
      .select({ total: count() })
      .from(reconciliationDifferences)
      .where(sql`key like 'strange%'`);
    expect(total?.total).toBe(1000);
    expect(lines.join()).toContain('gave up counting');
    const page = await openDifferences(2);
    expect(page.pageInfo.hasNextPage).toBe(true);
    const next = await openDifferences(2, page.pageInfo.endCursor);
    expect(next.nodes.map((node: { id: string }) => node.id)).not.toContain(page.nodes[1].id);
    await reconcile(without(id));
    expect((await openDifferences()).nodes).toEqual([found]);
    expect(await reconcile()).toEqual([]);
  });

  it('is run by one instance in each turn', async () => {
    const instance = reconciliationOf((entries) => entries, { every: '1d' });
    const before = await server.database.db.select().from(reconciliationRuns);
    await Promise.all(Array.from({ length: 10 }, () => instance.run()));
    await instance.run();
    const after = await server.database.db.select().from(reconciliationRuns);
    expect(after.length - before.length).toBe(1);
  });

  it('ends at once when the service stops', async () => {
    let given: AbortSignal | undefined;
    const stuck = createReconciliation({
      database: server.database,
      metrics: server.metrics,
      log: createLogger({ service: 'test', level: 'silent' }),
      config: { reconciliation: paymentsConfig.shape.reconciliation.parse({ every: '1ms' }) },
      provider: {
        async *statement(_since, signal) {
          given = signal;
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
      },
    });
    await stuck.start?.();
    await expect.poll(() => given !== undefined).toBe(true);
    await stuck.stop?.();
    expect(given?.aborted).toBe(true);
  });

  it('forgets nothing that it has found', async () => {
    const { db } = server.database;
    for (const change of [
      db.update(reconciliationDifferences).set({ key: '' }),
      db.delete(reconciliationDifferences),
      db.delete(reconciliationResolutions),
      db.execute(sql`truncate payments.reconciliation_differences cascade`),
    ]) {
      await expect(Promise.resolve(change)).rejects.toMatchObject({ cause: { code: '23001' } });
    }
  });

  it('is shown to administrators alone', async () => {
    const codeOf = async (identity: Identity, variables = { first: 1 }) =>
      (await server.query(READ, variables, identity)).errors?.[0]?.extensions.code;
    expect(await codeOf(server.admin)).toBeUndefined();
    expect(await codeOf(server.newCustomer())).toBe('FORBIDDEN');
    for (const identity of [anonymous, { kind: 'service', service: 'orders' } as const]) {
      expect(await codeOf(identity)).toBe('UNAUTHENTICATED');
    }
    for (const first of [0, 101]) expect(await codeOf(server.admin, { first })).toBe('BAD_USER_INPUT');
  });
});
