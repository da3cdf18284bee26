import { newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq, isNotNull, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PaymentRow } from './store/payment-store.ts';
import { ledgerEntries, ledgerTransactions, outbox, payments, refunds } from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const TOKENS = ['tok_visa', 'tok_visa', 'tok_declined', 'tok_challenge', 'tok_capture_fails', 'tok_refund_fails'];
const STEPS = ['request', 'capture', 'capture', 'void', 'return', 'refund', 'answer', 'report'] as const;

eachEngine('the ledger', (open) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  const balances = async (): Promise<Record<string, number>> => {
    const { data } = await server.query('{ ledgerAccounts { account currency balanceMinor } }', {}, server.admin);
    const accounts: { account: string; currency: string; balanceMinor: string }[] = data.ledgerAccounts;
    return Object.fromEntries(accounts.map((row) => [`${row.account} ${row.currency}`, Number(row.balanceMinor)]));
  };

  /** Until no task of the worker is left. */
  const atRest = () =>
    until('the worker to have nothing to do', async () => {
      const { db } = server.database;
      const busy = await db.select().from(payments).where(isNotNull(payments.task));
      const paying = await db.select().from(refunds).where(eq(refunds.status, 'PENDING'));
      return paying.length === 0 && busy.every(({ task }) => task === 'EXPIRE_CHALLENGE');
    });

  /** The provider says of its own accord how a charge is at this moment, when that is worth saying. */
  const reportCharge = async (paymentId: string) => {
    const charge = server.sandbox.charge(paymentId);
    if (charge === undefined || charge.status === 'CHALLENGED') return;
    await server.report(`payment.${charge.status.toLowerCase()}`, { paymentId, reason: charge.decline_reason });
  };

  it('records a capture, a promise and its payment, and takes back a promise that failed', async () => {
    const amount = (amountMinor: number) => ({ amountMinor, currency: 'GBP' });
    const customer = server.newCustomer();
    const pay = async (token: string) => {
      const orderId = await server.request({ customer, token, amount: amount(2_000_000_000) });
      await server.reaches(orderId, 'AUTHORIZED');
      await server.hear('capture.requested', orderId);
      return server.reaches(orderId, 'CAPTURED');
    };
    const [first, second] = [await pay('tok_visa'), await pay('tok_refund_fails')];
    await server.hear('return.requested', first.orderId, { amount: amount(500) });
    await server.hear('return.requested', second.orderId, { amount: amount(300) });
    await atRest();
    // Sums go beyond 32 bits.
    expect(await balances()).toMatchObject({
      'PROVIDER_CLEARING GBP': 3_999_999_500,
      'SALES_REVENUE GBP': -4_000_000_000,
      'SALES_RETURNS GBP': 500,
      'REFUNDS_PAYABLE GBP': 0,
    });
    const read = `query ($paymentId: ID) { ledgerTransactions(paymentId: $paymentId) { nodes {
      kind reference payment { id } amount { amountMinor } entries { account side amount { amountMinor currency } } } } }`;
    const { data } = await server.query(read, { paymentId: second.id }, server.admin);
    const kinds = data.ledgerTransactions.nodes.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(['REFUND_FAILED', 'REFUND_PROMISED', 'CAPTURE']);
    expect(data.ledgerTransactions.nodes[2]).toEqual({
      kind: 'CAPTURE',
      reference: second.id,
      payment: { id: second.id },
      amount: { amountMinor: 2_000_000_000 },
      entries: [
        { account: 'PROVIDER_CLEARING', side: 'DEBIT', amount: amount(2_000_000_000) },
        { account: 'SALES_REVENUE', side: 'CREDIT', amount: amount(2_000_000_000) },
      ],
    });
  });

  it('is kept whole by the database', async () => {
    const { db } = server.database;
    const { id: paymentId, currency } = await server.captured();
    const [posted] = await db.select().from(ledgerTransactions).where(eq(ledgerTransactions.paymentId, paymentId));
    const write = (
      kind: 'CAPTURE' | 'REFUND_PAID',
      entries: [side: 'DEBIT' | 'CREDIT', minor: number, currency?: string][],
    ) =>
      server.database.transaction(async (tx) => {
        const id = newId();
        const reference = kind === 'CAPTURE' ? paymentId : id;
        await tx.insert(ledgerTransactions).values({ id, kind, paymentId, reference, amountMinor: 5, currency });
        for (const [position, [side, amountMinor, other]] of entries.entries()) {
          const account = 'SALES_REVENUE' as const;
          const entry = { transactionId: id, position, account, side, amountMinor, currency: other ?? currency };
          await tx.insert(ledgerEntries).values(entry);
        }
      });
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: { code?: string; cause?: { code?: string } }) => error.cause?.code ?? error.code,
      );
    const CHECK_VIOLATION = '23514';
    const UNIQUE_VIOLATION = '23505';
    const RESTRICT_VIOLATION = '23001';
    for (const [entries, code] of [
      [[], CHECK_VIOLATION],
      [[['DEBIT', 5]], CHECK_VIOLATION],
      [
        [
          ['DEBIT', 5],
          ['CREDIT', 4],
        ],
        CHECK_VIOLATION,
      ],
      [
        [
          ['DEBIT', 6],
          ['CREDIT', 6],
        ],
        CHECK_VIOLATION,
      ],
      [
        [
          ['DEBIT', 5],
          ['CREDIT', 5, 'USD'],
        ],
        CHECK_VIOLATION,
      ],
      [
        [
          ['DEBIT', 5],
          ['CREDIT', 5],
          ['DEBIT', 0],
          ['CREDIT', 0],
        ],
        CHECK_VIOLATION,
      ],
      [
        [
          ['DEBIT', 5],
          ['CREDIT', 2],
          ['CREDIT', 3],
        ],
        undefined,
      ],
    ] as const) {
      expect(await codeOf(write('REFUND_PAID', [...entries] as never))).toBe(code);
    }
    expect(
      await codeOf(
        write('CAPTURE', [
          ['DEBIT', 5],
          ['CREDIT', 5],
        ]),
      ),
    ).toBe(UNIQUE_VIOLATION);
    const late = { transactionId: posted?.id ?? '', account: 'SALES_REVENUE' as const, amountMinor: 1, currency };
    const added = db.insert(ledgerEntries).values([
      { ...late, position: 7, side: 'DEBIT' },
      { ...late, position: 8, side: 'CREDIT' },
    ]);
    expect(await codeOf(added)).toBe(CHECK_VIOLATION);
    for (const change of [
      db.update(ledgerEntries).set({ amountMinor: 1 }),
      db.delete(ledgerEntries),
      db.update(ledgerTransactions).set({ amountMinor: 1 }),
      db.delete(ledgerTransactions),
      db.execute(sql`truncate payments.ledger_transactions cascade`),
      db.execute(sql`truncate payments.ledger_entries`),
    ]) {
      expect(await codeOf(Promise.resolve(change))).toBe(RESTRICT_VIOLATION);
    }
    const overRefund = db.update(payments).set({ promisedMinor: 5001 }).where(eq(payments.id, paymentId));
    expect(await codeOf(Promise.resolve(overRefund))).toBe(CHECK_VIOLATION);
  });

  it('agrees with payments and provider, whatever happens in whatever order, and however often', async () => {
    const perform = async (
      step: (typeof STEPS)[number],
      order: { id: string; methodId: string; customer: ReturnType<TestPayments['newCustomer']> },
      share: number,
    ) => {
      const amount = { amountMinor: 1 + (share % 6000), currency: 'EUR' };
      const [payment] = await server.database.db.select().from(payments).where(eq(payments.orderId, order.id));
      const paymentId = payment?.id ?? newId();
      const { customer, methodId } = order;
      const total = { amountMinor: 5000, currency: 'EUR' };
      const asked = { customerId: customer.userId, paymentMethodId: methodId, amount: total };
      const refund = { paymentId, amount, reason: 'Property', idempotencyKey: `key ${share % 3}` };
      const steps: Record<typeof step, () => Promise<unknown>> = {
        request: () => server.hear('payment.requested', order.id, asked),
        capture: () => server.hear('capture.requested', order.id),
        void: () => server.hear('payment.voided', order.id),
        return: () => server.hear('return.requested', order.id, { amount }),
        refund: () => server.mutate('refundPayment', refund, server.admin),
        answer: () =>
          server.mutate('completePaymentChallenge', { paymentId, code: share % 2 ? '123456' : '1' }, customer),
        report: () => reportCharge(paymentId),
      };
      await steps[step]();
    };

    const happening = fc.record({ name: fc.constantFrom(...STEPS), share: fc.nat(10_000), settles: fc.boolean() });
    const histories = fc.array(happening, { minLength: 2, maxLength: 10 });
    const request = { name: 'request', share: 0, settles: true } as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...TOKENS),
        histories,
        fc.boolean(),
        async (token, happenings, requestedLast) => {
          const customer = server.newCustomer();
          const order = { id: newId(), customer, methodId: await server.addCard(customer, token) };
          const history = requestedLast ? [...happenings, request] : [request, ...happenings];
          let burst: Promise<void>[] = [];
          for (const { name, share, settles } of history) {
            // Twice, and at once with others: whatever is repeated must count once.
            burst.push(perform(name, order, share), perform(name, order, share));
            if (!settles) continue;
            await Promise.all(burst);
            await atRest();
            burst = [];
          }
          await Promise.all(burst);
          await atRest();
          const [payment] = await server.database.db.select().from(payments).where(eq(payments.orderId, order.id));
          if (payment !== undefined)
            await expectAgreement(
              payment,
              history.some(({ name }) => name === 'void'),
            );
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
    await expectBalance();
  });

  async function expectAgreement(payment: PaymentRow, voided: boolean): Promise<void> {
    const { db } = server.database;
    const charge = server.sandbox.charge(payment.id);
    const made = await db.select().from(refunds).where(eq(refunds.paymentId, payment.id));
    const posted = await db.select().from(ledgerTransactions).where(eq(ledgerTransactions.paymentId, payment.id));
    const said = await db.select().from(outbox).where(eq(outbox.subject, payment.orderId));
    const sumOf = (kind: string) =>
      posted.filter((row) => row.kind === kind).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const paid = made.filter(({ status }) => status === 'SUCCEEDED').reduce((sum, row) => sum + row.amountMinor, 0);

    expect(payment.refundedMinor).toBe(paid);
    expect(payment.promisedMinor).toBe(paid);
    expect(sumOf('CAPTURE')).toBe(payment.capturedMinor);
    expect(sumOf('REFUND_PAID')).toBe(payment.refundedMinor);
    expect(sumOf('REFUND_PROMISED')).toBe(payment.refundedMinor + sumOf('REFUND_FAILED'));
    expect(charge?.status === 'CAPTURED' ? charge.amount_minor : 0).toBe(payment.capturedMinor);
    expect(charge?.refunded_minor ?? 0).toBe(payment.refundedMinor);
    if (voided && charge?.card !== 'tok_refund_fails') expect(payment.capturedMinor).toBe(payment.refundedMinor);
    if (voided) expect(charge?.status).not.toBe('AUTHORIZED');
    const refunded = said.filter(({ type }) => type.endsWith('.refunded.v1'));
    expect(refunded).toHaveLength(made.filter(({ status }) => status === 'SUCCEEDED').length);
    expect(said.filter(({ type }) => type.endsWith('.captured.v1')).length).toBe(payment.capturedMinor > 0 ? 1 : 0);
  }

  async function expectBalance(): Promise<void> {
    const { db } = server.database;
    const entries = await db.select().from(ledgerEntries);
    const byTransaction = Map.groupBy(entries, ({ transactionId, currency }) => `${transactionId} ${currency}`);
    for (const group of byTransaction.values()) {
      expect(group.length).toBeGreaterThanOrEqual(2);
      expect(
        group.reduce((sum, { side, amountMinor }) => sum + (side === 'DEBIT' ? amountMinor : -amountMinor), 0),
      ).toBe(0);
    }
    const all = Object.values(await balances());
    expect(all.reduce((sum, balance) => sum + balance, 0)).toBe(0);
  }
});
