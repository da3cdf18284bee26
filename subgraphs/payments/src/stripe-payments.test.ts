import { createLogger } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { paymentsConfig, type StripeProviderConfig } from './config.ts';
import { createReconciliation } from './domain/reconciliation.ts';
import { createStripeProvider } from './provider/stripe-provider.ts';
import { FAKE_STRIPE_KEY, type FakeStripe, startFakeStripe } from './provider/testing/fake-stripe.ts';
import { payments, removedCards } from './tables.ts';
import { startPayments, type TestPayments, testConfig } from './testing/test-payments.ts';

const WEBHOOK_SECRET = 'whsec_of_the_fake_stripe';

const failed = () => {
  throw new Error('Stripe has no such refund');
};

eachEngine('payments by Stripe', (open) => {
  let server: TestPayments;
  let stripe: FakeStripe;
  beforeAll(async () => {
    stripe = await startFakeStripe();
    server = await startPayments(await open(), { ...testConfig, log: { level: 'trace' }, provider: provider() });
  });
  afterAll(async () => {
    await server.stop();
    await stripe[Symbol.asyncDispose]();
  });

  const provider = () =>
    ({
      kind: 'stripe',
      url: stripe.url,
      secretKey: FAKE_STRIPE_KEY,
      webhookSecret: WEBHOOK_SECRET,
      returnUrl: 'https://shop.example/paid',
    }) as const;
  const intentOf = (paymentId: string) => {
    const found = [...stripe.books.intents.values()].find(({ metadata }) => metadata.payment_id === paymentId);
    if (found === undefined) throw new Error('Stripe has no such payment');
    return found;
  };
  const report = async (type: string, object: object, id = `evt_${Math.random()}`, secret = WEBHOOK_SECRET) => {
    const body = JSON.stringify({ id, object: 'event', type, data: { object } });
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    return (await fetch(`${server.url}/webhooks/payments`, { method: 'POST', headers, body })).status;
  };

  it('are authorised, captured and refunded', async () => {
    const payment = await server.captured({ token: stripe.books.newCard('visa') });
    expect(payment).toMatchObject({ cardBrand: 'Visa', cardLast4: '4242' });
    await server.hear('return.requested', payment.orderId, { amount: { amountMinor: 5000, currency: 'EUR' } });
    await server.reaches(payment.orderId, 'REFUNDED');
    expect(intentOf(payment.id)).toMatchObject({ status: 'succeeded', metadata: { order_id: payment.orderId } });
    expect(await server.said(payment.orderId)).toEqual(['authorized', 'captured', 'refunded']);
  });

  it('have a refund booked back that fails after it was paid, once, and can be refunded again', async () => {
    const balances = async () => {
      const { data } = await server.query('{ ledgerAccounts { account balanceMinor } }', {}, server.admin);
      return Object.fromEntries(
        data.ledgerAccounts.map((row: { account: string; balanceMinor: string }) => [row.account, row.balanceMinor]),
      );
    };
    const payment = await server.captured({ token: stripe.books.newCard('visa') });
    const { id, orderId } = payment;
    const before = await balances();
    const refundOf = (amountMinor: number) =>
      [...stripe.books.refunds.values()].find(
        ({ payment_intent, amount }) => payment_intent === intentOf(id).id && amount === amountMinor,
      ) ?? failed();
    for (const amountMinor of [2000, 3000]) {
      await server.hear('return.requested', orderId, { amount: { amountMinor, currency: 'EUR' } });
    }
    await server.reaches(orderId, 'REFUNDED');
    const said = await server.said(orderId);
    const [first, second] = [refundOf(2000), refundOf(3000)];
    const succeeded = { ...first };
    stripe.books.sendBack(first.id);
    await Promise.all(['refund.failed', 'refund.updated', 'charge.refund.updated'].map((type) => report(type, first)));
    expect(await server.reaches(orderId, 'PARTIALLY_REFUNDED')).toMatchObject({
      refundedMinor: 3000,
      promisedMinor: 3000,
    });
    // A report that was overtaken.
    expect(await report('refund.updated', succeeded)).toBe(204);
    stripe.books.sendBack(second.id);
    expect(await report('refund.failed', second)).toBe(204);
    expect(await server.reaches(orderId, 'CAPTURED')).toMatchObject({ refundedMinor: 0, promisedMinor: 0 });
    expect(await balances()).toEqual(before);
    expect(await server.said(orderId)).toEqual(said);
    const read = `query ($paymentId: ID!) {
      ledgerTransactions(paymentId: $paymentId) { nodes { kind reference entries { account side } } }
      payment(id: $paymentId) { refunds { status } } }`;
    const { data } = await server.query(read, { paymentId: id }, server.admin);
    expect(data.payment.refunds).toEqual([{ status: 'FAILED' }, { status: 'FAILED' }]);
    const ofSecond = data.ledgerTransactions.nodes.filter(
      ({ reference }: { reference: string }) => reference === second.metadata.refund_id,
    );
    expect(ofSecond.map(({ kind }: { kind: string }) => kind)).toEqual([
      'REFUND_FAILED',
      'REFUND_REVERSED',
      'REFUND_PAID',
      'REFUND_PROMISED',
    ]);
    expect(ofSecond[1].entries).toEqual([
      { account: 'PROVIDER_CLEARING', side: 'DEBIT' },
      { account: 'REFUNDS_PAYABLE', side: 'CREDIT' },
    ]);
    expect(server.logLines.filter((line) => line.includes('"refund failed"'))).toHaveLength(2);

    await server.hear('return.requested', orderId, { amount: { amountMinor: 5000, currency: 'EUR' } });
    await server.reaches(orderId, 'REFUNDED');
  });

  it('have a refund that failed later told of to people, until it is refunded anew', async () => {
    const { db } = server.database;
    const { id, orderId } = await server.captured({ token: stripe.books.newCard('visa') });
    const refund = async (amountMinor: number) => {
      await server.hear('return.requested', orderId, { amount: { amountMinor, currency: 'EUR' } });
      const madeOf = () =>
        [...stripe.books.refunds.values()].findLast(({ payment_intent }) => payment_intent === intentOf(id).id);
      await until('the refund', async () => (await paymentOf()).refundedMinor === amountMinor);
      return madeOf() ?? failed();
    };
    const paymentOf = async () => (await db.select().from(payments).where(eq(payments.id, id)))[0] ?? failed();
    const differences = async () => {
      await reconciliation.run();
      const read = `{ reconciliation { openDifferences { nodes { kind key payment { id } ours { amountMinor } } } } }`;
      const { data } = await server.query(read, {}, server.admin);
      return data.reconciliation.openDifferences.nodes.filter(
        ({ payment }: { payment: { id: string } | null }) => payment?.id === id,
      );
    };
    const reconciliation = createReconciliation({
      database: server.database,
      metrics: server.metrics,
      log: createLogger({ service: 'test', level: 'silent' }),
      config: { reconciliation: paymentsConfig.shape.reconciliation.parse({ every: '1ms', grace: '0ms' }) },
      provider: createStripeProvider(
        paymentsConfig.shape.provider.parse(provider()) as StripeProviderConfig,
        server.database,
      ),
    });
    const made = await refund(2000);
    expect(await differences()).toEqual([]);
    stripe.books.sendBack(made.id);
    // Whose report was lost.
    expect(await differences()).toMatchObject([{ kind: 'REFUND_NOT_AT_PROVIDER', key: made.metadata.refund_id }]);
    await report('refund.failed', made);
    const [difference, ...others] = await differences();
    expect(difference).toMatchObject({ kind: 'REFUND_REVERSED', key: id, ours: { amountMinor: 2000 } });
    expect(others).toEqual([]);
    expect(await server.metrics.scrape()).toMatch(/differences\{kind="REFUND_REVERSED",service="payments"\} [1-9]/);
    await refund(1500);
    expect(await differences()).toMatchObject([{ kind: 'REFUND_REVERSED', ours: { amountMinor: 500 } }]);
    await server.hear('return.requested', orderId, { amount: { amountMinor: 500, currency: 'EUR' } });
    await until('the refund', async () => (await paymentOf()).refundedMinor === 2000);
    expect(await differences()).toEqual([]);
  });

  it('end a refund that fails before it was ever paid', async () => {
    const { id, orderId } = await server.captured({ token: stripe.books.newCard('visa') });
    const pending = stripe.hold(/^POST .*\/refunds$/);
    await server.hear('return.requested', orderId, { amount: { amountMinor: 2000, currency: 'EUR' } });
    await pending.arrived;
    const made = [...stripe.books.refunds.values()].find(({ payment_intent }) => payment_intent === intentOf(id).id);
    expect(await report('refund.failed', { ...made, status: 'failed' })).toBe(204);
    pending.release();
    const kindsOf = async () => {
      const read = 'query ($id: ID) { ledgerTransactions(paymentId: $id) { nodes { kind } } }';
      const { data } = await server.query(read, { id }, server.admin);
      return data.ledgerTransactions.nodes.map(({ kind }: { kind: string }) => kind);
    };
    // What the worker hears of it comes too late.
    await until('the worker', () => server.logLines.some((line) => line.includes('"REFUND"') && line.includes(id)));
    expect(await kindsOf()).toEqual(['REFUND_FAILED', 'REFUND_PROMISED', 'CAPTURE']);
    expect(await server.reaches(orderId, 'CAPTURED')).toMatchObject({ refundedMinor: 0, promisedMinor: 0 });
  });

  it('are by a card that its owner alone can add, and that is kept once', async () => {
    const [owner, other] = [server.newCustomer(), server.newCustomer()];
    const token = stripe.books.newCard('visa');
    const id = await server.addCard(owner, token);
    expect((await server.mutate('addPaymentMethod', { token }, other)).errors).toMatchObject([
      { code: 'PAYMENT_TOKEN_REJECTED' },
    ]);
    const again = await server.mutate('addPaymentMethod', { token, label: 'Again' }, owner);
    expect(again).toMatchObject({ paymentMethod: { id, label: null }, errors: [] });
    const read = await server.query('{ paymentMethods { id } }', {}, owner);
    expect(read.data.paymentMethods).toEqual([{ id }]);
  });

  it('are by no card that was removed, or whose owner is gone: Stripe lets go of it', async () => {
    const isAttached = (token: string) => stripe.books.methods.get(token)?.customer !== null;
    const customer = server.newCustomer();
    const [removed, closed] = [stripe.books.newCard('visa'), stripe.books.newCard('mastercard')];
    const [id] = [await server.addCard(customer, removed), await server.addCard(customer, closed)];
    // What fails is tried again.
    stripe.trouble(/\/detach$/, 500);
    stripe.forgetKeys();
    const looking = stripe.hold(new RegExp(`^GET .*/${removed}$`));
    await server.mutate('removePaymentMethod', { id }, customer);
    await looking.arrived;
    expect(isAttached(removed)).toBe(true);
    expect((await server.mutate('addPaymentMethod', { token: removed }, customer)).errors).toMatchObject([
      { code: 'PAYMENT_TOKEN_REJECTED' },
    ]);
    looking.release();
    await until('the card to be let go of', () => !isAttached(removed));
    expect(isAttached(closed)).toBe(true);
    const { userId } = customer;
    await server.deliver({ type: 'users.account.closed.v1', subject: userId, data: { userId } });
    await until('the card to be let go of', () => !isAttached(closed));
    // The access token outlives the account: what comes with it is let go of as well.
    const late = stripe.books.newCard('visa');
    expect(await server.mutate('addPaymentMethod', { token: late }, customer)).toBe('UNAUTHENTICATED');
    await until('the card to be let go of', () => !isAttached(late));
    await until('nothing left to do', async () => (await server.database.db.select().from(removedCards)).length === 0);
  });

  it('are declined, and say why', async () => {
    const orderId = await server.request({ token: stripe.books.newCard('insufficient_funds') });
    expect(await server.reaches(orderId, 'DECLINED')).toMatchObject({ declineReason: 'INSUFFICIENT_FUNDS' });
  });

  it('lead a challenged customer to the bank’s page, and go on when Stripe reports', async () => {
    const customer = server.newCustomer();
    const orderId = await server.request({ customer, token: stripe.books.newCard('challenged') });
    const { id, challengeUrl } = await server.reaches(orderId, 'CHALLENGED');
    const intent = intentOf(id);
    expect(challengeUrl).toBe(intent.next_action?.redirect_to_url.url);
    expect(intent.next_action?.redirect_to_url.return_url).toBe('https://shop.example/paid');
    const answer = () => server.mutate('completePaymentChallenge', { paymentId: id, code: 'done' }, customer);
    expect((await answer()).errors).toMatchObject([{ code: 'WRONG_CHALLENGE_CODE' }]);

    const authorized = stripe.books.answerChallenge(intent.id, true);
    const type = 'payment_intent.amount_capturable_updated';
    expect(await report(type, authorized, 'evt_same', 'whsec_another')).toBe(401);
    await server.reaches(orderId, 'CHALLENGED');
    for (let times = 0; times < 3; times++) expect(await report(type, authorized, 'evt_same')).toBe(204);
    await server.reaches(orderId, 'AUTHORIZED');
    expect(await server.said(orderId)).toEqual(['challenged', 'authorized']);
  });

  it('go on when the customer comes back before Stripe has reported', async () => {
    const customer = server.newCustomer();
    const orderId = await server.request({ customer, token: stripe.books.newCard('challenged') });
    const { id } = await server.reaches(orderId, 'CHALLENGED');
    stripe.books.answerChallenge(intentOf(id).id, true);
    const input = { paymentId: id, code: 'done' };
    const { payment } = await server.mutate('completePaymentChallenge', input, customer);
    expect(payment).toMatchObject({ status: 'AUTHORIZED' });
  });

  it('tell nobody the token of a card or a secret', async () => {
    await server.request({ token: stripe.books.newCard('declined') });
    await server.reaches(await server.request({ token: stripe.books.newCard('capture_fails') }), 'AUTHORIZED');
    const told = [...server.logLines, JSON.stringify(await server.published()), await server.metrics.scrape()];
    expect(told.length).toBeGreaterThan(10);
    for (const line of told) expect(line).not.toMatch(/pm_\w|sk_test|whsec|_secret_/);
  });
});
