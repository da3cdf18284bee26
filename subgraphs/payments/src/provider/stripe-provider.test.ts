import { errorFields, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StatementEntry } from './payment-provider.ts';
import type { FakeStripe } from './testing/fake-stripe.ts';
import type { FakeCardName } from './testing/fake-stripe-objects.ts';
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

  const newCharge = async (card: FakeCardName = 'visa') => {
    const token = stripe.books.newCard(card);
    await tested.provider.keepCard(token, newId(), soon());
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

  const refunded = async () => {
    const refund = { key: newId(), chargeKey: await captured(), amountMinor: 1000 };
    await tested.provider.refund(refund, soon());
    const made = [...stripe.books.refunds.values()].find(({ metadata }) => metadata.refund_id === refund.key);
    if (made === undefined) throw new Error('Stripe has no such refund');
    return made;
  };
  const statementOf = async (sinceMs: number) => {
    const entries: StatementEntry[] = [];
    for await (const entry of tested.provider.statement(new Date(Date.now() - sinceMs), soon())) entries.push(entry);
    return entries;
  };

  it('carry our ids, are captured by hand, and are of a card that a Customer keeps', async () => {
    const charge = await newCharge();
    await tested.provider.authorize(charge, soon());
    expect(intentOf(charge.key)).toMatchObject({
      amount: 5000,
      currency: 'eur',
      capture_method: 'manual',
      payment_method: charge.token,
      customer: stripe.books.methods.get(charge.token)?.customer,
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
    const challenged = await newCharge('challenged');
    await tested.provider.authorize(challenged, soon());
    stripe.books.answerChallenge(intentOf(challenged.key)?.id ?? '', false);
    expect(await tested.provider.answerChallenge(challenged.key, '', soon())).toEqual(reason('CHALLENGE_FAILED'));
    const small = { ...(await newCharge()), amountMinor: 1 };
    expect(await tested.provider.authorize(small, soon())).toEqual(reason('CARD_DECLINED'));
  });

  it('fail without a word of what Stripe said, but with the id under which Stripe has it', async () => {
    const charge = await newCharge();
    stripe.trouble(/\/payment_methods/, 500);
    const failed = await tested.provider.authorize(charge, soon()).catch((error: unknown) => errorFields(error));
    expect(failed).toMatchObject({ type: 'StripeFailure', code: expect.stringMatching(/^\w+ 500 req_/) });
    expect(JSON.stringify(failed)).not.toMatch(/trouble|pm_/);
  });

  it('stand in the statement as somebody at Stripe has changed them', async () => {
    const key = await captured();
    const intent = intentOf(key);
    stripe.books.refund({ payment_intent: intent?.id ?? '', amount: '700' });
    const of = { kind: 'REFUND', status: 'SUCCEEDED', amountMinor: 700, currency: 'EUR' };
    const entries = await statementOf(60_000);
    expect(entries).toContainEqual({ ...of, key: expect.stringMatching(/^re_/), at: expect.any(Date) });
  });

  it('stand in the statement with a refund that was made long ago and has ended of late', async () => {
    const [sentBack, paidLate] = [await refunded(), await refunded()];
    const weekAgo = Math.floor(Date.now() / 1000) - 7 * 86_400;
    for (const made of [sentBack, paidLate]) {
      made.created = weekAgo;
      const booked = stripe.books.balance.get(made.balance_transaction ?? '');
      if (booked !== undefined) booked.created = weekAgo;
    }
    stripe.books.sendBack(sentBack.id);
    const entries = await statementOf(60_000);
    const entryOf = (made: { metadata: Record<string, string> }) =>
      entries.find(({ key }) => key === made.metadata.refund_id);
    expect(entryOf(paidLate)).toMatchObject({ status: 'SUCCEEDED' });
    expect(entryOf(sentBack)).toMatchObject({ status: 'FAILED', amountMinor: 1000 });
    expect(Date.now() - Number(entryOf(sentBack)?.at)).toBeLessThan(60_000);
  });

  it('do not keep the others out of the statement when one of them cannot be read', async () => {
    const [strange, silent, last] = [await captured(), await newCharge('challenged'), await captured()];
    await tested.provider.authorize(silent, soon());
    Object.assign(intentOf(strange) ?? {}, { status: 'a_status_of_tomorrow' });
    Object.assign(intentOf(silent.key) ?? {}, { next_action: null });
    const statusOf = new Map((await statementOf(60_000)).map(({ key, status }) => [key, status]));
    expect(statusOf.get(strange)).toBeUndefined();
    expect(statusOf.get(silent.key)).toBe('CHALLENGED');
    expect(statusOf.get(last)).toBe('CAPTURED');
  });

  it('take three calls: the card’s Customer is looked up, the intent made, then confirmed', async () => {
    const charge = await newCharge();
    stripe.requests.length = 0;
    await tested.provider.authorize(charge, soon());
    expect(stripe.requests.map(({ method, path }) => `${method} ${path.replace(/pi_\w+/, 'ID')}`)).toEqual([
      `GET /v1/payment_methods/${charge.token}`,
      'POST /v1/payment_intents',
      'POST /v1/payment_intents/ID/confirm',
    ]);
  });

  it('are of cards that one user has, and nobody else', async () => {
    const { provider } = tested;
    const [owner, other] = [newId(), newId()];
    const token = stripe.books.newCard('visa');
    expect(await provider.keepCard(token, owner, soon())).toMatchObject({ last4: '4242', isShared: false });
    const customer = stripe.books.methods.get(token)?.customer ?? '';
    expect(stripe.books.customers.get(customer)?.metadata).toEqual({ user_id: owner });
    expect(await provider.keepCard(token, other, soon())).toBeUndefined();
    // Nor that somebody else has attached, as the shop's other programs may.
    const foreign = stripe.books.newCard('visa');
    stripe.books.attach(foreign, stripe.books.createCustomer({}).id);
    expect(await provider.keepCard(foreign, owner, soon())).toBeUndefined();
    expect(await provider.keepCard(token, owner, soon())).toMatchObject({ last4: '4242' });
  });

  it('are of cards that one of two users has who ask for one at once', async () => {
    const token = stripe.books.newCard('visa');
    const users = Array.from({ length: 5 }, () => newId());
    const kept = await Promise.all(users.map((userId) => tested.provider.keepCard(token, userId, soon())));
    const owner = users.filter((_, index) => kept[index] !== undefined);
    expect(owner).toHaveLength(1);
    const customer = stripe.books.methods.get(token)?.customer ?? '';
    expect(stripe.books.customers.get(customer)?.metadata).toEqual({ user_id: owner[0] });
  });

  it('are not of a card that was let go of, though Stripe repeats that it was kept', async () => {
    const [userId, charge] = [newId(), await newCharge()];
    const token = stripe.books.newCard('visa');
    await tested.provider.keepCard(token, userId, soon());
    for (const released of [token, charge.token]) await tested.provider.releaseCard(released, soon());
    expect(stripe.books.methods.get(token)?.customer).toBeNull();
    expect(await tested.provider.keepCard(token, userId, soon())).toBeUndefined();
    expect(stripe.requests.at(-2)).toMatchObject({ path: `/v1/payment_methods/${token}/attach`, replayed: true });
    stripe.forgetKeys();
    expect(await tested.provider.keepCard(token, userId, soon())).toBeUndefined();
    expect(await tested.provider.authorize(charge, soon())).toEqual({
      status: 'DECLINED',
      reason: 'PAYMENT_METHOD_UNAVAILABLE',
    });
  });
});
