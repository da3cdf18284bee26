import { newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { refunds } from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const REFUND = `mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) {
  refund { id status cause reason amount { amountMinor currency } createdAt }
  payment {
    id status amount { amountMinor currency } refundedAmount { amountMinor currency } declineReason createdAt updatedAt
    method { brand last4 } challenge { url } order { id }
    refunds { id status cause reason amount { amountMinor currency } createdAt }
  }
  errors { __typename ... on DomainError { code message } }
} }`;

eachEngine('the answer to a refund’s key', (open) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  /** The answer as text: byte for byte. */
  const ask = async (input: object, admin = server.admin) =>
    JSON.stringify(await server.query(REFUND, { input }, admin));
  const inputOf = (paymentId: string, amountMinor = 700) => ({
    paymentId,
    amount: { amountMinor, currency: 'EUR' },
    reason: 'A gesture',
    idempotencyKey: newId(),
  });
  const ended = (paymentId: string) =>
    until('all refunds to have ended', async () => {
      const rows = await server.database.db.select().from(refunds).where(eq(refunds.paymentId, paymentId));
      return rows.every(({ status }) => status !== 'PENDING');
    });

  it('is one for 50 requests at once, and stays so while the refund and its payment move on', async () => {
    const { id, orderId } = await server.captured();
    const earlier = inputOf(id, 100);
    await ask(earlier);
    await server.reaches(orderId, 'PARTIALLY_REFUNDED');
    const input = inputOf(id);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(input)));
    expect(new Set(answers).size).toBe(1);
    const [first = ''] = answers;
    expect(JSON.parse(first).data.refundPayment).toMatchObject({
      refund: { status: 'PENDING', amount: { amountMinor: 700 } },
      payment: {
        status: 'PARTIALLY_REFUNDED',
        refundedAmount: { amountMinor: 100 },
        refunds: [{ status: 'PENDING' }, { status: 'SUCCEEDED', amount: { amountMinor: 100 } }],
      },
      errors: [],
    });
    await ended(id);
    expect(await ask(input)).toBe(first);
    await ask(inputOf(id, 4200));
    await server.reaches(orderId, 'REFUNDED');
    expect(await ask(input)).toBe(first);
    expect(server.sandbox.refunds(id)).toHaveLength(3);
  });

  it('stays when the provider has refused the refund', async () => {
    const { id } = await server.captured({ token: 'tok_refund_fails' });
    const input = inputOf(id);
    const first = await ask(input);
    await ended(id);
    expect(await ask(input)).toBe(first);
    expect(server.sandbox.refunds(id)).toHaveLength(1);
  });

  it('is given to nobody else', async () => {
    const { id, orderId } = await server.captured();
    const input = inputOf(id);
    const first = JSON.parse(await ask(input)).data.refundPayment;
    const colleague = { ...server.admin, userId: newId() };
    const second = JSON.parse(await ask(input, colleague)).data.refundPayment;
    expect(second.errors).toEqual([]);
    expect(second.refund.id).not.toBe(first.refund.id);
    await ended(id);
    expect(await server.reaches(orderId, 'PARTIALLY_REFUNDED')).toMatchObject({ refundedMinor: 1400 });
    for (const other of [server.newCustomer(), { ...server.newCustomer(), userId: first.refund.id }]) {
      const refused = JSON.parse(await ask(input, other));
      expect(refused).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      expect(JSON.stringify(refused)).not.toContain(first.refund.id);
    }
  });

  it('is an error for other input, and none for a request that was refused before', async () => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    const input = inputOf(id);
    const codeOf = async (change: object = {}) =>
      JSON.parse(await ask({ ...input, ...change })).data.refundPayment.errors[0]?.code;
    expect(await codeOf()).toBe('NOTHING_TO_REFUND');
    await server.hear('capture.requested', orderId);
    await server.reaches(orderId, 'CAPTURED');
    expect(await codeOf()).toBeUndefined();
    const { id: otherId } = await server.captured();
    for (const change of [
      { amount: { amountMinor: 701, currency: 'EUR' } },
      { amount: { amountMinor: 700, currency: 'USD' } },
      { reason: 'Another' },
      { paymentId: otherId },
    ]) {
      expect(await codeOf(change)).toBe('REFUND_KEY_REUSED');
    }
  });

  it('shows no card any more once the customer’s account is closed', async () => {
    const customer = server.newCustomer();
    const { id } = await server.captured({ customer });
    const input = inputOf(id);
    expect(await ask(input)).toContain('4242');
    await server.deliver({
      type: 'users.account.closed.v1',
      subject: customer.userId,
      data: { userId: customer.userId },
    });
    expect(await ask(input)).not.toContain('4242');
  });

  it('is kept at the next request where an earlier version has kept none', async () => {
    const { id } = await server.captured();
    const input = inputOf(id);
    await ask(input);
    await ended(id);
    await server.database.db.update(refunds).set({ answer: null }).where(eq(refunds.paymentId, id));
    const first = await ask(input);
    expect(first).toContain('SUCCEEDED');
    await ask(inputOf(id, 100));
    await ended(id);
    expect(await ask(input)).toBe(first);
  });
});
