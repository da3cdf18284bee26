import { anonymous, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PaymentRow } from './store/payment-store.ts';
import { refunds } from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

eachEngine('refundPayment', (open) => {
  let server: TestPayments;
  let payment: PaymentRow;
  beforeAll(async () => {
    server = await startPayments(await open());
    payment = await server.captured();
  });
  afterAll(() => server.stop());

  const inputOf = (change: object = {}) => ({
    paymentId: payment.id,
    amount: eur(100),
    reason: 'A gesture',
    idempotencyKey: newId(),
    ...change,
  });
  const refund = (change?: object, identity = server.admin) =>
    server.mutate('refundPayment', inputOf(change), identity);

  it('gives money back in parts, up to what was captured', async () => {
    const { id, orderId } = await server.captured();
    const first = await refund({ paymentId: id, amount: eur(1999) });
    expect(first).toMatchObject({
      refund: { status: 'PENDING', cause: 'ADMIN', reason: 'A gesture', amount: eur(1999) },
      payment: { id },
      errors: [],
    });
    expect((await refund({ paymentId: id, amount: eur(3002) })).errors).toMatchObject([
      { code: 'REFUND_TOO_LARGE', refundable: eur(3001) },
    ]);
    expect((await refund({ paymentId: id, amount: eur(3001) })).errors).toEqual([]);
    await server.reaches(orderId, 'REFUNDED');
    expect((await refund({ paymentId: id, amount: eur(1) })).errors).toMatchObject([
      { code: 'REFUND_TOO_LARGE', refundable: eur(0) },
    ]);
    const said = (await server.events(orderId)).slice(2).map(({ data }) => data);
    expect(said).toMatchObject([{ fullyRefunded: false }, { fullyRefunded: true }]);
  });

  it('is made once for 100 requests with one key, which all get the same answer', async () => {
    const { id, orderId } = await server.captured();
    const input = inputOf({ paymentId: id, amount: eur(700) });
    const asking = Array.from({ length: 100 }, () => server.mutate('refundPayment', input, server.admin));
    const answers = await Promise.all(asking);
    expect(new Set(answers.map(({ refund: made }) => made.id)).size).toBe(1);
    await server.reaches(orderId, 'PARTIALLY_REFUNDED');
    expect(server.sandbox.refunds(id)).toMatchObject([{ amount_minor: 700 }]);
    for (const change of [{ amount: eur(701) }, { reason: 'Another' }, { paymentId: payment.id }]) {
      const reused = await server.mutate('refundPayment', { ...input, ...change }, server.admin);
      expect(reused.errors).toMatchObject([{ code: 'REFUND_KEY_REUSED' }]);
    }
    expect(await server.mutate('refundPayment', input, server.admin)).toEqual(answers[0]);
    // Keys are each administrator's own.
    const colleague = { ...server.admin, userId: newId() };
    expect((await server.mutate('refundPayment', input, colleague)).errors).toEqual([]);
  });

  it('is never more than was captured, however many ask at once', async () => {
    const { id, orderId } = await server.captured();
    const asking = Array.from({ length: 20 }, () => refund({ paymentId: id, amount: eur(1500) }));
    const refusals = (await Promise.all(asking)).flatMap(({ errors }) => errors);
    expect(refusals).toHaveLength(17);
    await expect.poll(async () => (await server.reaches(orderId, 'PARTIALLY_REFUNDED')).refundedMinor).toBe(4500);
  });

  it.each([
    [{ amount: eur(0) }, 'INVALID_INPUT', { field: 'amount.amountMinor' }],
    [{ amount: eur(-1) }, 'INVALID_INPUT', { field: 'amount.amountMinor' }],
    [{ amount: eur(1_000_000_000) }, 'REFUND_TOO_LARGE', { refundable: eur(5000) }],
    [{ amount: eur(2 ** 31 - 1) }, 'REFUND_TOO_LARGE', {}],
    [{ amount: { amountMinor: 1, currency: 'USD' } }, 'REFUND_CURRENCY', { currency: 'EUR' }],
    [{ paymentId: newId() }, 'NOT_FOUND', {}],
    [{ paymentId: 'nonsense' }, 'NOT_FOUND', {}],
    [{ reason: ' ' }, 'INVALID_INPUT', { field: 'reason' }],
    [{ reason: 'x'.repeat(501) }, 'INVALID_INPUT', { field: 'reason' }],
    [{ reason: 'card 4242 4242 4242 4242' }, 'CARD_NUMBER_REFUSED', { field: 'reason' }],
    [{ idempotencyKey: '' }, 'INVALID_INPUT', { field: 'idempotencyKey' }],
    [{ idempotencyKey: 'x'.repeat(129) }, 'INVALID_INPUT', { field: 'idempotencyKey' }],
    [{ idempotencyKey: 'nul\u0000' }, 'INVALID_INPUT', { field: 'idempotencyKey' }],
  ])('refuses %j', async (change, code, fields) => {
    expect(await refund(change)).toMatchObject({ refund: null, payment: null, errors: [{ code, ...fields }] });
  });

  it.each([
    [{ amount: eur(2 ** 31) }],
    [{ amount: { amountMinor: 1.5, currency: 'EUR' } }],
    [{ amount: { amountMinor: 1, currency: 'XYZ' } }],
  ])('does not take %j', async (change) => {
    expect(await refund(change)).toBe('BAD_USER_INPUT');
  });

  it('is for administrators, and for what was captured', async () => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    expect((await refund({ paymentId: id })).errors).toMatchObject([
      { code: 'NOTHING_TO_REFUND', status: 'AUTHORIZED' },
    ]);
    const owner = { ...server.newCustomer(), userId: payment.customerId };
    for (const other of [server.newCustomer(), owner]) expect(await refund({}, other)).toBe('FORBIDDEN');
    expect(await server.mutate('refundPayment', inputOf(), anonymous)).toBe('UNAUTHENTICATED');
    expect(await server.mutate('refundPayment', inputOf(), { kind: 'service', service: 'orders' })).toBe(
      'UNAUTHENTICATED',
    );
    expect(await server.database.db.select().from(refunds).where(eq(refunds.paymentId, payment.id))).toEqual([]);
  });
});
