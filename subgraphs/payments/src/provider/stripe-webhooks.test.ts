import { isId, newId, Secret } from '@tributary/service-kit';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { createStripeWebhooks } from './stripe-webhooks.ts';

const SECRET = 'whsec_of_the_tests';
const webhooks = createStripeWebhooks(new Secret(SECRET));
const sign = (payload: string, { secret = SECRET, timestamp = Math.floor(Date.now() / 1000) } = {}) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
const eventOf = (type: string, object: object, id = 'evt_1') =>
  JSON.stringify({ id, object: 'event', api_version: '2026-10-28.endive', type, data: { object } });

describe('Stripe’s webhooks', () => {
  it('are believed when Stripe has signed them lately', () => {
    const body = Buffer.from(eventOf('ping', {}));
    const now = Math.floor(Date.now() / 1000);
    expect(webhooks.isSigned(body, sign(body.toString()))).toBe(true);
    for (const signature of [
      undefined,
      '',
      'nonsense',
      't=1,v1=0',
      sign(body.toString(), { secret: 'whsec_another' }),
      sign(`${body} `),
      sign(body.toString(), { timestamp: now - 302 }),
      sign(body.toString()).replace('v1', 'v0'),
    ]) {
      expect(webhooks.isSigned(body, signature)).toBe(false);
    }
  });

  it.each([
    ['payment_intent.amount_capturable_updated', { status: 'requires_capture' }, { status: 'AUTHORIZED' }],
    ['payment_intent.succeeded', { status: 'succeeded' }, { status: 'CAPTURED' }],
    ['payment_intent.canceled', { status: 'canceled' }, { status: 'VOIDED' }],
    [
      'payment_intent.payment_failed',
      { status: 'requires_payment_method', last_payment_error: { decline_code: 'insufficient_funds' } },
      { status: 'DECLINED', reason: 'INSUFFICIENT_FUNDS' },
    ],
  ])('%s tells of a charge', (type, object, charge) => {
    const paymentId = newId();
    const read = webhooks.read(eventOf(type, { ...object, metadata: { payment_id: paymentId } }));
    expect(read).toEqual({ id: expect.any(String), paymentId, charge });
  });

  it.each(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'])(
    '%s tells of a refund that is paid, or has failed',
    (type) => {
      const [id, refundId] = [expect.any(String), newId()];
      const refund = { status: 'succeeded', metadata: { refund_id: refundId } };
      expect(webhooks.read(eventOf(type, refund))).toEqual({ id, refundId, status: 'SUCCEEDED' });
      for (const status of ['failed', 'canceled']) {
        expect(webhooks.read(eventOf(type, { ...refund, status }))).toEqual({ id, refundId, status: 'FAILED' });
      }
      expect(webhooks.read(eventOf(type, { ...refund, status: 'pending' }))).toBeUndefined();
    },
  );

  it('are known by one UUID for each event', () => {
    const idOf = (eventId: string) => {
      const metadata = { payment_id: newId() };
      return webhooks.read(eventOf('payment_intent.succeeded', { status: 'succeeded', metadata }, eventId))?.id ?? '';
    };
    expect(idOf('evt_1')).toBe(idOf('evt_1'));
    expect(idOf('evt_1')).not.toBe(idOf('evt_2'));
    expect(isId(idOf('evt_1'))).toBe(true);
  });

  it('mean nothing when they are about somebody else’s payments', () => {
    expect(webhooks.read(eventOf('payment_intent.succeeded', { status: 'succeeded', metadata: {} }))).toBeUndefined();
    expect(webhooks.read(eventOf('refund.updated', { status: 'succeeded', metadata: null }))).toBeUndefined();
    expect(webhooks.read(eventOf('payout.paid', {}))).toBeUndefined();
    for (const body of ['', '{', '[]', '{"id":1}', '{"id":"evt_1","type":"x"}'])
      expect(() => webhooks.read(body)).toThrow();
  });
});
