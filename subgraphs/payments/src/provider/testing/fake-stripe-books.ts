import {
  type FakeBalanceTransaction,
  type FakeCard,
  type FakeCardName,
  type FakeCharge,
  type FakeCustomer,
  type FakeIntent,
  type FakeMethod,
  type FakeRefund,
  fakeStripeCards,
  newCharge,
  newIntent,
  newMethod,
  newStripeId,
  nowSeconds,
} from './fake-stripe-objects.ts';
import { FakeStripeRefusal, invalidRequest, missingResource, unexpectedState } from './fake-stripe-refusal.ts';

/** Parameters as they were sent: text, nested by brackets. */
export interface FormParams {
  [name: string]: string | FormParams | undefined;
}

/** Least amount that Stripe moves. */
const MIN_AMOUNT = 50;

/** What Stripe has, and what its objects do: the rules of PaymentIntents that are captured by hand. */
export class FakeStripeBooks {
  readonly customers = new Map<string, FakeCustomer>();
  readonly methods = new Map<string, FakeMethod>();
  readonly intents = new Map<string, FakeIntent>();
  readonly charges = new Map<string, FakeCharge>();
  readonly balance = new Map<string, FakeBalanceTransaction>();
  readonly refunds = new Map<string, FakeRefund>();
  private readonly cards = new Map<string, FakeCard>();
  private readonly detached = new Set<string>();

  /** A new PaymentMethod of one of the fake's cards, as Stripe's form makes them; gives its id. */
  newCard(card: FakeCardName): string {
    const id = `pm_${card}_${this.methods.size}`;
    this.methods.set(id, newMethod(id, fakeStripeCards[card]));
    this.cards.set(id, fakeStripeCards[card]);
    return id;
  }

  cardOf = (intent: FakeIntent): FakeCard => this.cards.get(intent.payment_method) ?? unknownCard();

  createCustomer({ metadata }: FormParams): FakeCustomer {
    const customer: FakeCustomer = {
      id: newStripeId('cus'),
      object: 'customer',
      metadata: (metadata ?? {}) as Record<string, string>,
    };
    this.customers.set(customer.id, customer);
    return customer;
  }

  attach(id: string, customer: string): FakeMethod {
    const method = find('PaymentMethod', this.methods, id);
    if (method.customer !== null) {
      throw invalidRequest({ message: 'The payment method you provided has already been attached to a customer.' });
    }
    if (this.detached.has(id)) {
      throw invalidRequest({ message: 'This PaymentMethod was detached from a Customer. It may not be used again.' });
    }
    method.customer = find('customer', this.customers, customer).id;
    return method;
  }

  detach(id: string): FakeMethod {
    const method = find('PaymentMethod', this.methods, id);
    if (method.customer === null) {
      throw invalidRequest({
        message: 'The payment method is not attached to a customer so detachment is impossible.',
      });
    }
    this.detached.add(id);
    return Object.assign(method, { customer: null });
  }

  createIntent(params: FormParams): FakeIntent {
    const amount = Number(params.amount);
    if (amount < MIN_AMOUNT) {
      throw invalidRequest({ code: 'amount_too_small', message: 'Amount must be at least €0.50', param: 'amount' });
    }
    const method = find('PaymentMethod', this.methods, String(params.payment_method));
    if (method.customer === null || method.customer !== params.customer) {
      throw invalidRequest({ message: 'The payment method does not belong to the customer.', param: 'payment_method' });
    }
    const intent = newIntent({
      amount,
      currency: String(params.currency),
      capture_method: String(params.capture_method),
      customer: method.customer,
      payment_method: method.id,
      metadata: params.metadata as Record<string, string>,
    });
    this.intents.set(intent.id, intent);
    return intent;
  }

  confirm(id: string, params: FormParams): FakeIntent {
    const intent = find('payment_intent', this.intents, id);
    if (intent.status !== 'requires_confirmation') throw unexpectedState('confirm', intent.status);
    const { outcome } = this.cardOf(intent);
    if (outcome === 'challenged') {
      const return_url = String(params.return_url);
      const url = `https://hooks.stripe.com/3d_secure_2/hosted?intent=${id}`;
      intent.status = 'requires_action';
      intent.next_action = { type: 'redirect_to_url', redirect_to_url: { url, return_url } };
      return intent;
    }
    if (outcome !== undefined) throw this.decline(intent, { code: 'card_declined', ...outcome });
    return this.authorize(intent);
  }

  /** What the customer does on the bank's page. */
  answerChallenge(id: string, passes: boolean): FakeIntent {
    const intent = find('payment_intent', this.intents, id);
    if (intent.status !== 'requires_action') throw unexpectedState('authenticate', intent.status);
    intent.next_action = null;
    if (passes) return this.authorize(intent);
    this.decline(intent, { code: 'payment_intent_authentication_failure' });
    return intent;
  }

  capture(id: string): FakeIntent {
    const intent = find('payment_intent', this.intents, id);
    if (intent.status !== 'requires_capture') throw unexpectedState('capture', intent.status);
    const charge = find('charge', this.charges, intent.latest_charge ?? '');
    if (this.cardOf(intent).refusesCapture) {
      const error = { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' };
      throw new FakeStripeRefusal(402, 'card_error', error);
    }
    const { amount, currency } = intent;
    const booked = this.book('charge', { amount, currency, source: charge.id });
    Object.assign(charge, { captured: true, amount_captured: amount, balance_transaction: booked });
    return Object.assign(intent, { status: 'succeeded', amount_received: amount, amount_capturable: 0 });
  }

  cancel(id: string): FakeIntent {
    const intent = find('payment_intent', this.intents, id);
    if (!/^requires_/.test(intent.status)) throw unexpectedState('cancel', intent.status);
    return Object.assign(intent, {
      status: 'canceled',
      canceled_at: nowSeconds(),
      amount_capturable: 0,
      next_action: null,
    });
  }

  refund(params: FormParams): FakeRefund {
    const intent = find('payment_intent', this.intents, String(params.payment_intent));
    if (intent.status !== 'succeeded') throw unexpectedState('refund', intent.status);
    const charge = find('charge', this.charges, intent.latest_charge ?? '');
    const amount = Number(params.amount);
    const left = charge.amount - charge.amount_refunded;
    if (left === 0) {
      throw invalidRequest({ code: 'charge_already_refunded', message: `Charge ${charge.id} has been refunded.` });
    }
    if (amount > left) {
      throw invalidRequest({ message: 'Refund amount is greater than unrefunded amount on charge', param: 'amount' });
    }
    const refund: FakeRefund = {
      id: newStripeId('re'),
      object: 'refund',
      amount,
      balance_transaction: null,
      charge: charge.id,
      created: nowSeconds(),
      currency: intent.currency,
      failure_balance_transaction: null,
      metadata: (params.metadata ?? {}) as Record<string, string>,
      payment_intent: intent.id,
      reason: null,
      status: this.cardOf(intent).refusesRefund ? 'failed' : 'succeeded',
    };
    this.refunds.set(refund.id, refund);
    if (refund.status === 'succeeded') {
      charge.amount_refunded += amount;
      refund.balance_transaction = this.book('refund', {
        amount: -amount,
        currency: refund.currency,
        source: refund.id,
      });
    }
    charge.refunded = charge.amount_refunded === charge.amount;
    return refund;
  }

  /** What a bank does with a refund that it cannot pay out: long after it has succeeded. */
  sendBack(id: string): FakeRefund {
    const refund = find('refund', this.refunds, id);
    const { amount, currency } = refund;
    find('charge', this.charges, refund.charge).amount_refunded -= amount;
    const booked = this.book('refund_failure', { amount, currency, source: id });
    return Object.assign(refund, { status: 'failed', failure_balance_transaction: booked });
  }

  private book(
    type: FakeBalanceTransaction['type'],
    of: Pick<FakeBalanceTransaction, 'amount' | 'currency' | 'source'>,
  ): string {
    const id = newStripeId('txn');
    this.balance.set(id, { id, object: 'balance_transaction', created: nowSeconds(), type, ...of });
    return id;
  }

  private authorize(intent: FakeIntent): FakeIntent {
    const charge = newCharge(intent);
    this.charges.set(charge.id, charge);
    return Object.assign(intent, {
      status: 'requires_capture',
      amount_capturable: intent.amount,
      latest_charge: charge.id,
    });
  }

  /** The intent as it is after a refusal, which the error carries as well. */
  private decline(intent: FakeIntent, why: { code: string; decline_code?: string }): FakeStripeRefusal {
    const message = `Your card ${intent.payment_method} was declined.`;
    intent.status = 'requires_payment_method';
    intent.last_payment_error = { ...why, message, type: 'card_error' };
    return new FakeStripeRefusal(402, 'card_error', { ...why, message, payment_intent: { ...intent } });
  }
}

export function find<T>(kind: string, objects: ReadonlyMap<string, T>, id: string): T {
  const found = objects.get(id);
  if (found === undefined) throw missingResource(kind, id);
  return found;
}

function unknownCard(): never {
  throw new Error('an intent has no card of the fake');
}
