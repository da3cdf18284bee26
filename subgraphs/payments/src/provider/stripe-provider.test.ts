import { errorFields, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FakeStripe } from './testing/fake-stripe.ts';
import { openTestStripe, type ProviderUnderTest } from './testing/providers-under-test.ts';

const soon = () => AbortSignal.timeout(5000);

eachEngine('payments at Stripe', (open) => {
  let tested: ProviderUnderTest & { stripe: FakeStripe };
  let stripe: FakeStripe;
  beforeAll(async () => {
    tested = await openTestStripe(await open());
    stripe = tested.stripe;
  });
  afterAll(() => tested[Symbol.asyncDispose]());

  const newCharge = async (token = 'pm_visa') => {
    await tested.provider.describe(token, soon());
    return { key: newId(), token, amountMinor: 5000, currency: 'EUR', reference: newId() };
  };
  const intentOf = (key: string) =>
    [...stripe.books.intents.values()].find(({ metadata }) => metadata.payment_id === key);
  const captured = async () => {
    const charge = await newCharge();
    await tested.provider.authorize(charge, soon());
    await tested.provider.capture(charge.key, soon());
    return charge.key;
  };

  it('carry our ids, are captured by hand, and are of a card that a Customer keeps', async () => {
    const charge = await newCharge();
    await tested.provider.authorize(charge, soon());
    expect(intentOf(charge.key)).toMatchObject({
      amount: 5000,
      currency: 'eur',
      capture_method: 'manual',
      payment_method: 'pm_visa',
      customer: stripe.books.methods.get('pm_visa')?.customer,
      metadata: { payment_id: charge.key, order_id: charge.reference },
    });
  });

  it('are asked for with an idempotency key wherever something is changed', async () => {
    await captured();
    const posts = stripe.requests.filter(({ method }) => method === 'POST');
    expect(posts.length).toBeGreaterThan(3);
    for (const { idempotencyKey } of posts) expect(idempotencyKey).toMatch(/^\S+:\S+$/);
  });

  it.each([
    [/\/payment_intents$/, 'answer lost'],
    [/\/confirm$/, 'answer lost'],
    [/\/confirm$/, 500],
    [/\/confirm$/, 429],
  ] as const)('are made once when %s meets %s, a day later as well', async (path, trouble) => {
    const charge = await newCharge();
    stripe.trouble(path, trouble);
    await expect(tested.provider.authorize(charge, AbortSignal.timeout(300))).rejects.toThrow();
    stripe.forgetKeys();
    const found = await tested.provider.find(charge.key, soon());
    expect(found).toEqual(/confirm/.test(path.source) ? { status: 'AUTHORIZED' } : undefined);
    expect(await tested.provider.authorize(charge, soon())).toEqual({ status: 'AUTHORIZED' });
    expect(await tested.chargesOf(charge.key)).toBe(1);
  });

  it.each(['answer lost', 500] as const)('are captured once when the capture meets %s', async (trouble) => {
    const charge = await newCharge();
    await tested.provider.authorize(charge, soon());
    stripe.trouble(/\/capture$/, trouble);
    await expect(tested.provider.capture(charge.key, AbortSignal.timeout(300))).rejects.toThrow();
    expect(await tested.provider.capture(charge.key, soon())).toEqual({ status: 'CAPTURED' });
    expect(intentOf(charge.key)).toMatchObject({ amount_received: 5000 });
  });

  it.each(['answer lost', 500] as const)(
    'are refunded once when that meets %s, a day later as well',
    async (trouble) => {
      const chargeKey = await captured();
      const refund = { key: newId(), chargeKey, amountMinor: 1000 };
      stripe.trouble(/^POST .*\/refunds$/, trouble);
      await expect(tested.provider.refund(refund, AbortSignal.timeout(300))).rejects.toThrow();
      stripe.forgetKeys();
      expect(await tested.provider.refund(refund, soon())).toBe('SUCCEEDED');
      const made = [...stripe.books.refunds.values()].filter(({ metadata }) => metadata.refund_id === refund.key);
      expect(made).toHaveLength(1);
    },
  );

  it('wait for a refund that Stripe is still busy with', async () => {
    const refund = { key: newId(), chargeKey: await captured(), amountMinor: 1000 };
    await tested.provider.refund(refund, soon());
    const made = [...stripe.books.refunds.values()].find(({ metadata }) => metadata.refund_id === refund.key);
    if (made !== undefined) made.status = 'pending';
    await expect(tested.provider.refund(refund, soon())).rejects.toThrow('pending');
    if (made !== undefined) made.status = 'failed';
    expect(await tested.provider.refund(refund, soon())).toBe('FAILED');
  });

  it('that are voided while they are made are never confirmed', async () => {
    const charge = await newCharge();
    stripe.trouble(/^POST .*\/payment_intents$/, 'answer lost');
    await expect(tested.provider.authorize(charge, AbortSignal.timeout(300))).rejects.toThrow();
    expect(await tested.provider.void(charge.key, soon())).toEqual({ status: 'VOIDED' });
    expect(await tested.provider.authorize(charge, soon())).toEqual({ status: 'VOIDED' });
    expect(intentOf(charge.key)).toMatchObject({ status: 'requires_confirmation', latest_charge: null });
  });

  it('that are voided between the creation and the confirmation are cancelled', async () => {
    const charge = await newCharge();
    const creation = stripe.hold(/^POST .*\/payment_intents$/);
    const authorizing = tested.provider.authorize(charge, soon());
    await creation.arrived;
    expect(await tested.provider.void(charge.key, soon())).toEqual({ status: 'VOIDED' });
    creation.release();
    expect(await authorizing).toEqual({ status: 'VOIDED' });
    expect(intentOf(charge.key)).toMatchObject({ status: 'canceled', latest_charge: null });
  });

  it('that are voided while they are confirmed end without money', async () => {
    const charge = await newCharge();
    const confirmation = stripe.hold(/\/confirm$/);
    const authorizing = tested.provider.authorize(charge, soon());
    await confirmation.arrived;
    expect(await tested.provider.void(charge.key, soon())).toEqual({ status: 'VOIDED' });
    confirmation.release();
    await authorizing;
    expect(intentOf(charge.key)).toMatchObject({ status: 'canceled', amount_capturable: 0 });
    expect(await tested.provider.find(charge.key, soon())).toEqual({ status: 'VOIDED' });
  });

  it('are declined where the card is gone, the bank’s question failed, or the amount is too small', async () => {
    const gone = { ...(await newCharge()), token: 'pm_gone' };
    const reason = (text: string) => ({ status: 'DECLINED', reason: text });
    expect(await tested.provider.authorize(gone, soon())).toEqual(reason('PAYMENT_METHOD_UNAVAILABLE'));
    const challenged = await newCharge('pm_challenged');
    await tested.provider.authorize(challenged, soon());
    stripe.books.answerChallenge(intentOf(challenged.key)?.id ?? '', false);
    expect(await tested.provider.answerChallenge(challenged.key, '', soon())).toEqual(reason('CHALLENGE_FAILED'));
    const small = { ...(await newCharge()), amountMinor: 1 };
    expect(await tested.provider.authorize(small, soon())).toEqual(reason('CARD_DECLINED'));
  });

  it('fail without a word of what Stripe said, but with the id under which Stripe has it', async () => {
    await tested.provider.describe('pm_visa', soon());
    const charge = { ...(await newCharge()), currency: 'EUR', token: 'pm_visa' };
    stripe.trouble(/\/payment_methods/, 500);
    const failed = await tested.provider.authorize(charge, soon()).catch((error: unknown) => errorFields(error));
    expect(failed).toMatchObject({ type: 'StripeFailure', code: expect.stringMatching(/^\w+ 500 req_/) });
    expect(JSON.stringify(failed)).not.toMatch(/trouble|pm_visa/);
  });

  it('stand in the statement as somebody at Stripe has changed them', async () => {
    const key = await captured();
    const intent = intentOf(key);
    stripe.books.refund({ payment_intent: intent?.id ?? '', amount: '700' });
    const of = { kind: 'REFUND', status: 'SUCCEEDED', amountMinor: 700, currency: 'EUR' };
    const entries = [];
    for await (const entry of tested.provider.statement(new Date(Date.now() - 60_000), soon())) entries.push(entry);
    expect(entries).toContainEqual({ ...of, key: expect.stringMatching(/^re_/), at: expect.any(Date) });
  });
});
