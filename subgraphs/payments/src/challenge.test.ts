import { anonymous, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPayments, type TestPayments, testConfig } from './testing/test-payments.ts';

const READ = 'query ($id: ID!) { payment(id: $id) { status challenge { url instructions expiresAt } } }';

eachEngine('a challenged payment', (open) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  const challenged = async () => {
    const customer = server.newCustomer();
    const orderId = await server.request({ customer, token: 'tok_challenge' });
    const { id } = await server.reaches(orderId, 'CHALLENGED');
    const answer = (code: string, identity = customer) =>
      server.mutate('completePaymentChallenge', { paymentId: id, code }, identity);
    return { customer, orderId, id, answer };
  };

  it('tells the customer what to do, and goes on with the right code', async () => {
    const { customer, orderId, id, answer } = await challenged();
    expect(await server.said(orderId)).toEqual(['challenged']);
    const { payment } = (await server.query(READ, { id }, customer)).data;
    expect(payment).toMatchObject({
      status: 'CHALLENGED',
      challenge: { url: expect.stringMatching(/^https:/), instructions: expect.stringContaining('123456') },
    });
    expect(Date.parse(payment.challenge.expiresAt) - Date.now()).toBeGreaterThan(9 * 60_000);
    expect(await answer('123456')).toMatchObject({ payment: { id, status: 'AUTHORIZED' }, errors: [] });
    expect((await server.query(READ, { id }, customer)).data.payment.challenge).toBeNull();
    expect((await server.reaches(orderId, 'AUTHORIZED')).task).toBeNull();
    expect(await server.said(orderId)).toEqual(['challenged', 'authorized']);
    expect((await answer('123456')).errors).toMatchObject([{ code: 'CHALLENGE_NOT_OPEN', status: 'AUTHORIZED' }]);
  });

  it('allows two wrong codes, and is declined at the third', async () => {
    const { orderId, answer } = await challenged();
    for (const code of ['000000', 'none']) {
      expect((await answer(code)).errors).toMatchObject([{ code: 'WRONG_CHALLENGE_CODE' }]);
    }
    expect(await answer('000000')).toMatchObject({
      payment: { status: 'DECLINED', declineReason: 'CHALLENGE_FAILED' },
      errors: [],
    });
    expect(await server.said(orderId)).toEqual(['challenged', 'declined']);
    expect((await answer('123456')).errors).toMatchObject([{ code: 'CHALLENGE_NOT_OPEN', status: 'DECLINED' }]);
  });

  it('is answered by its customer alone', async () => {
    const { id, answer, orderId } = await challenged();
    for (const other of [server.newCustomer(), server.admin]) {
      expect((await answer('123456', other)).errors).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
    const input = { paymentId: id, code: '123456' };
    expect(await server.mutate('completePaymentChallenge', input, anonymous)).toBe('UNAUTHENTICATED');
    for (const paymentId of [newId(), 'nonsense', '']) {
      const refused = await server.mutate('completePaymentChallenge', { ...input, paymentId }, server.newCustomer());
      expect(refused.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
    for (const [code, refusal] of [
      ['', 'INVALID_INPUT'],
      ['1'.repeat(12).concat('x'.repeat(30)), 'INVALID_INPUT'],
      ['12\u0000', 'INVALID_INPUT'],
      ['4242424242424242', 'CARD_NUMBER_REFUSED'],
    ] as const) {
      expect((await answer(code)).errors).toMatchObject([{ code: refusal }]);
    }
    expect(await server.said(orderId)).toEqual(['challenged']);
  });

  it('is voided at the bank when the order is given up', async () => {
    const { id, orderId, answer } = await challenged();
    await server.hear('payment.voided', orderId);
    await server.reaches(orderId, 'VOIDED');
    expect((await answer('123456')).errors).toMatchObject([{ code: 'CHALLENGE_NOT_OPEN', status: 'VOIDED' }]);
    expect(server.sandbox.charge(id)?.status).toBe('VOIDED');
  });
});

eachEngine('a challenge that is not answered', (open) => {
  it('is declined when its time is over, and takes no answer any more', async () => {
    await using database = await open();
    await using server = await startPayments(database, { ...testConfig, challenge: { lifetime: '100ms' } });
    const customer = server.newCustomer();
    const orderId = await server.request({ customer, token: 'tok_challenge' });
    const { id, declineReason } = await server.reaches(orderId, 'DECLINED');
    expect(declineReason).toBe('CHALLENGE_EXPIRED');
    const late = await server.mutate('completePaymentChallenge', { paymentId: id, code: '123456' }, customer);
    expect(late.errors).toMatchObject([{ code: 'CHALLENGE_NOT_OPEN' }]);
    expect(server.sandbox.charge(id)?.status).toBe('VOIDED');
    expect(await server.said(orderId)).toEqual(['challenged', 'declined']);
  });
});
