import { newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { count, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PaymentStatus } from './store/payment-store.ts';
import { ledgerTransactions, payments, refunds } from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const TOTAL = { amountMinor: 5000, currency: 'EUR' };

eachEngine('a payment', (open, engine) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  const chargeOf = async (orderId: string) => {
    const { db } = server.database;
    const ids = db.select({ id: payments.id }).from(payments).where(eq(payments.orderId, orderId));
    const keys = (await ids).map(({ id }) => id);
    const charges = keys.flatMap((key) => server.sandbox.charge(key) ?? []);
    expect(charges.length).toBeLessThanOrEqual(1);
    return charges[0];
  };

  it('is authorised, captured, refunded, and says so at each step', async () => {
    const customer = server.newCustomer();
    const orderId = await server.request({ customer });
    const payment = await server.reaches(orderId, 'AUTHORIZED');
    expect(await server.said(orderId)).toEqual(['authorized']);
    await server.hear('capture.requested', orderId);
    await server.reaches(orderId, 'CAPTURED');
    await server.hear('return.requested', orderId, { amount: { ...TOTAL, amountMinor: 2000 } });
    await server.reaches(orderId, 'PARTIALLY_REFUNDED');
    await server.hear('return.requested', orderId, { amount: { ...TOTAL, amountMinor: 3000 } });
    await server.reaches(orderId, 'REFUNDED');

    const about = { orderId, paymentId: payment.id, customerId: customer.userId };
    const made = await server.database.db.select().from(refunds).where(eq(refunds.paymentId, payment.id));
    const refundIds = made.sort((a, b) => a.amountMinor - b.amountMinor).map(({ id }) => id);
    expect((await server.events(orderId)).map(({ type, data }) => [type, data])).toEqual([
      ['payments.payment.authorized.v1', about],
      ['payments.payment.captured.v1', about],
      [
        'payments.payment.refunded.v1',
        { ...about, refundId: refundIds[0], amount: { ...TOTAL, amountMinor: 2000 }, fullyRefunded: false },
      ],
      [
        'payments.payment.refunded.v1',
        { ...about, refundId: refundIds[1], amount: { ...TOTAL, amountMinor: 3000 }, fullyRefunded: true },
      ],
    ]);
    expect(await chargeOf(orderId)).toMatchObject({ status: 'CAPTURED', amount_minor: 5000, refunded_minor: 5000 });
    const scraped = await server.metrics.scrape();
    for (const outcome of ['PENDING', 'AUTHORIZED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED']) {
      expect(scraped).toMatch(new RegExp(`payments_total\\{outcome="${outcome}",service="payments"\\} \\d`));
    }
  });

  it('has its money counted once by its currency, however often it is asked for', async () => {
    const moved = async () => {
      const [captured, refunded] = await Promise.all([
        server.metrics.get('payments_captured_minor_units_total').get(),
        server.metrics.get('payments_refunded_minor_units_total').get(),
      ]);
      const byCurrency = ({ values }: typeof captured) =>
        Object.fromEntries(values.map(({ labels, value }) => [labels.currency, value]));
      return { captured: byCurrency(captured), refunded: byCurrency(refunded) };
    };
    const before = await moved();
    expect(Object.keys(before.captured)).toEqual(['EUR', 'USD', 'GBP']);
    const orderId = await server.request({ amount: { amountMinor: 4200, currency: 'GBP' } });
    await server.reaches(orderId, 'AUTHORIZED');
    await server.hear('capture.requested', orderId);
    await server.hear('capture.requested', orderId);
    const { id } = await server.reaches(orderId, 'CAPTURED');
    expect(await server.report('payment.captured', { paymentId: id })).toBe(204);
    const back = {
      id: newId(),
      type: 'orders.return.requested.v1',
      subject: orderId,
      data: { orderId, amount: { amountMinor: 1200, currency: 'GBP' } },
    };
    await server.deliver(back);
    await server.reaches(orderId, 'PARTIALLY_REFUNDED');
    await server.deliver(back);
    const { captured, refunded } = await moved();
    expect(captured).toEqual({ ...before.captured, GBP: (before.captured.GBP ?? 0) + 4200 });
    expect(refunded).toEqual({ ...before.refunded, GBP: (before.refunded.GBP ?? 0) + 1200 });
  });

  it.each([
    ['tok_declined', 'CARD_DECLINED'],
    ['tok_insufficient_funds', 'INSUFFICIENT_FUNDS'],
  ])('by %s is declined', async (token, reason) => {
    const orderId = await server.request({ token });
    expect(await server.reaches(orderId, 'DECLINED')).toMatchObject({ declineReason: reason, task: null });
    expect(await server.said(orderId)).toEqual(['declined']);
    expect((await server.events(orderId))[0]?.data).toMatchObject({ orderId, reason });
  });

  it.each(['a method that is unknown', 'somebody else’s method', 'a method that was removed'])(
    'by %s is declined, and the provider never asked',
    async (what) => {
      const customer = server.newCustomer();
      const owner = what.startsWith('somebody') ? server.newCustomer() : customer;
      const methodId = what.endsWith('unknown') ? newId() : await server.addCard(owner);
      if (what.endsWith('removed')) await server.mutate('removePaymentMethod', { id: methodId }, customer);
      const orderId = await server.request({ customer, methodId });
      const payment = await server.reaches(orderId, 'DECLINED');
      expect(payment.declineReason).toBe('PAYMENT_METHOD_UNAVAILABLE');
      expect(await server.said(orderId)).toEqual(['declined']);
      expect(await chargeOf(orderId)).toBeUndefined();
    },
  );

  it('by a slow card is authorised later', async () => {
    const orderId = await server.request({ token: 'tok_slow' });
    await server.reaches(orderId, 'AUTHORIZED');
    expect(await server.said(orderId)).toEqual(['authorized']);
  });

  it('that cannot be captured is declined after all', async () => {
    const orderId = await server.request({ token: 'tok_capture_fails' });
    await server.reaches(orderId, 'AUTHORIZED');
    await server.hear('capture.requested', orderId);
    expect(await server.reaches(orderId, 'DECLINED')).toMatchObject({
      declineReason: 'CAPTURE_FAILED',
      capturedMinor: 0,
    });
    expect(await server.said(orderId)).toEqual(['authorized', 'declined']);
  });

  it('whose refund the provider refuses can be refunded again, and says nothing', async () => {
    const payment = await server.captured({ token: 'tok_refund_fails' });
    await server.hear('return.requested', payment.orderId, { amount: TOTAL });
    const settled = await server.reaches(payment.orderId, 'CAPTURED');
    expect(settled).toMatchObject({ refundedMinor: 0 });
    const input = { paymentId: payment.id, amount: TOTAL, reason: 'Again', idempotencyKey: newId() };
    await expect
      .poll(async () => (await server.mutate('refundPayment', input, server.admin)).errors, { timeout: 10_000 })
      .toEqual([]);
    expect(await server.said(payment.orderId)).toEqual(['authorized', 'captured']);
  });

  it('is voided before the capture, and refunded in full after it', async () => {
    const authorized = await server.request();
    await server.reaches(authorized, 'AUTHORIZED');
    await server.hear('payment.voided', authorized);
    await server.reaches(authorized, 'VOIDED');
    expect(await chargeOf(authorized)).toMatchObject({ status: 'VOIDED' });
    await server.hear('capture.requested', authorized);
    expect((await server.reaches(authorized, 'VOIDED')).task).toBeNull();

    const { orderId } = await server.captured();
    await server.hear('return.requested', orderId, { amount: { ...TOTAL, amountMinor: 1500 } });
    await server.hear('payment.voided', orderId);
    await server.hear('payment.voided', orderId);
    await server.reaches(orderId, 'REFUNDED');
    expect(await chargeOf(orderId)).toMatchObject({ refunded_minor: 5000 });
    expect(await server.said(orderId)).toEqual(['authorized', 'captured', 'refunded', 'refunded']);
  });

  it('that is voided before it is asked for is never made', async () => {
    const orderId = newId();
    const customer = server.newCustomer();
    const paymentMethodId = await server.addCard(customer);
    await server.hear('payment.voided', orderId);
    await server.hear('payment.requested', orderId, { customerId: customer.userId, paymentMethodId, amount: TOTAL });
    expect(await server.reaches(orderId, 'VOIDED')).toMatchObject({ task: null });
    expect(await server.said(orderId)).toEqual([]);
    expect(await chargeOf(orderId)).toBeUndefined();
  });

  it('that is voided while the provider is asked ends without a charge', async () => {
    const orderId = await server.request({ token: 'tok_slow' });
    await server.hear('payment.voided', orderId);
    await server.reaches(orderId, 'VOIDED');
    await expect.poll(async () => (await chargeOf(orderId))?.status).toBe('VOIDED');
  });

  it.each<[PaymentStatus, string, string[], string]>([
    ['VOIDED', 'payment.captured', ['authorized', 'captured', 'refunded'], 'REFUNDED'],
    ['VOIDED', 'payment.authorized', ['authorized'], 'VOIDED'],
    ['DECLINED', 'payment.authorized', ['declined'], 'DECLINED'],
  ])(
    'that is %s, and of which the provider then says %s, costs the customer nothing',
    async (status, type, said, to) => {
      const orderId = await server.request({ token: status === 'DECLINED' ? 'tok_declined' : 'tok_visa' });
      if (status === 'VOIDED') {
        await server.reaches(orderId, 'AUTHORIZED');
        await server.hear('payment.voided', orderId);
      }
      const payment = await server.reaches(orderId, status);
      // The outside world has gone another way than we were told.
      server.sandbox.force(payment.id, type === 'payment.captured' ? 'CAPTURED' : 'AUTHORIZED');
      expect(await server.report(type, { paymentId: payment.id })).toBe(204);
      await server.reaches(orderId, to as PaymentStatus);
      await expect
        .poll(() => chargeOf(orderId), { timeout: 10_000 })
        .toMatchObject(type === 'payment.captured' ? { refunded_minor: 5000 } : { status: 'VOIDED' });
      expect(await server.said(orderId)).toEqual(said);
      await expect.poll(async () => (await server.reaches(orderId, to as PaymentStatus)).task).toBeNull();
    },
  );

  it('is made once for 100 messages that ask for it, and captured once', async () => {
    const customer = server.newCustomer();
    const paymentMethodId = await server.addCard(customer);
    const orderId = newId();
    const asked = { customerId: customer.userId, paymentMethodId, amount: TOTAL };
    const all = (type: string, data = {}) =>
      Promise.all(Array.from({ length: engine === 'PGlite' ? 20 : 100 }, () => server.hear(type, orderId, data)));
    await all('payment.requested', asked);
    await server.reaches(orderId, 'AUTHORIZED');
    await all('capture.requested');
    const { id } = await server.reaches(orderId, 'CAPTURED');
    expect(await chargeOf(orderId)).toMatchObject({ status: 'CAPTURED' });
    expect(await server.said(orderId)).toEqual(['authorized', 'captured']);
    const { db } = server.database;
    const [posted] = await db
      .select({ total: count() })
      .from(ledgerTransactions)
      .where(eq(ledgerTransactions.paymentId, id));
    expect(posted?.total).toBe(1);
  });

  it('is refunded no further than it was captured, whatever a return asks for', async () => {
    const { orderId, id } = await server.captured();
    await server.hear('return.requested', orderId, { amount: { ...TOTAL, amountMinor: 1_000_000_000 } });
    expect(await server.reaches(orderId, 'REFUNDED')).toMatchObject({ refundedMinor: 5000, promisedMinor: 5000 });
    await server.hear('return.requested', orderId, { amount: TOTAL });
    await server.hear('return.requested', newId(), { amount: TOTAL });
    const made = await server.database.db.select().from(refunds).where(eq(refunds.paymentId, id));
    expect(made).toHaveLength(1);
  });

  it('can be asked for anew after a refusal, as another attempt', async () => {
    const customer = server.newCustomer();
    const orderId = await server.request({ customer, token: 'tok_declined' });
    await server.reaches(orderId, 'DECLINED');
    const paymentMethodId = await server.addCard(customer);
    const again = { customerId: customer.userId, paymentMethodId, amount: TOTAL, attempt: 2 };
    await server.hear('payment.requested', orderId, again);
    await expect.poll(() => server.said(orderId)).toEqual(['declined', 'authorized']);
  });
});
