import { eachEngine } from '@tributary/service-kit/testing';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FAKE_STRIPE_KEY, type FakeStripe, startFakeStripe } from './provider/testing/fake-stripe.ts';
import { startPayments, type TestPayments, testConfig } from './testing/test-payments.ts';

const WEBHOOK_SECRET = 'whsec_of_the_fake_stripe';

eachEngine('payments by Stripe', (open) => {
  let server: TestPayments;
  let stripe: FakeStripe;
  beforeAll(async () => {
    stripe = await startFakeStripe();
    const provider = {
      kind: 'stripe',
      url: stripe.url,
      secretKey: FAKE_STRIPE_KEY,
      webhookSecret: WEBHOOK_SECRET,
      returnUrl: 'https://shop.example/paid',
    } as const;
    server = await startPayments(await open(), { ...testConfig, log: { level: 'trace' }, provider });
  });
  afterAll(async () => {
    await server.stop();
    await stripe[Symbol.asyncDispose]();
  });

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
    const payment = await server.captured({ token: 'pm_visa' });
    expect(payment).toMatchObject({ cardBrand: 'Visa', cardLast4: '4242' });
    await server.hear('return.requested', payment.orderId, { amount: { amountMinor: 5000, currency: 'EUR' } });
    await server.reaches(payment.orderId, 'REFUNDED');
    expect(intentOf(payment.id)).toMatchObject({ status: 'succeeded', metadata: { order_id: payment.orderId } });
    expect(await server.said(payment.orderId)).toEqual(['authorized', 'captured', 'refunded']);
  });

  it('are declined, and say why', async () => {
    const orderId = await server.request({ token: 'pm_insufficient_funds' });
    expect(await server.reaches(orderId, 'DECLINED')).toMatchObject({ declineReason: 'INSUFFICIENT_FUNDS' });
  });

  it('lead a challenged customer to the bank’s page, and go on when Stripe reports', async () => {
    const customer = server.newCustomer();
    const orderId = await server.request({ customer, token: 'pm_challenged' });
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
    const orderId = await server.request({ customer, token: 'pm_challenged' });
    const { id } = await server.reaches(orderId, 'CHALLENGED');
    stripe.books.answerChallenge(intentOf(id).id, true);
    const input = { paymentId: id, code: 'done' };
    const { payment } = await server.mutate('completePaymentChallenge', input, customer);
    expect(payment).toMatchObject({ status: 'AUTHORIZED' });
  });

  it('tell nobody the token of a card or a secret', async () => {
    await server.request({ token: 'pm_declined' });
    await server.reaches(await server.request({ token: 'pm_capture_fails' }), 'AUTHORIZED');
    const told = [...server.logLines, JSON.stringify(await server.published()), await server.metrics.scrape()];
    expect(told.length).toBeGreaterThan(10);
    for (const line of told) expect(line).not.toMatch(/pm_\w|sk_test|whsec|_secret_/);
  });
});
