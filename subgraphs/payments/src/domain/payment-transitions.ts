import type { Charge, DeclineReason } from '../provider/payment-provider.ts';
import type { PaymentStatus, PaymentTask } from '../store/payment-store.ts';

/** What can happen to a payment: what the provider says of its charge, or what is asked of it. */
export type PaymentTrigger =
  | Charge['status']
  | 'CAPTURE_REQUESTED'
  | 'VOID_REQUESTED'
  | 'REFUND_PAID_IN_PART'
  | 'REFUND_PAID_IN_FULL'
  | 'REFUND_REVERSED_IN_PART'
  | 'REFUND_REVERSED_IN_FULL';

/** What a payment does in the transaction of its step. */
export type PaymentEffect =
  | 'announceAuthorization'
  | 'announceChallenge'
  | 'announceDecline'
  | 'postCapture'
  | 'announceCapture'
  | 'refundRest';

export interface PaymentTransition {
  /** Where it leads; the status that it was in when only something has to be done. */
  readonly to: PaymentStatus;
  /** What the worker does next; nothing when there is none. */
  readonly task?: PaymentTask;
  /** Why it was declined, where the provider gives no reason. */
  readonly reason?: DeclineReason;
  /** In the order in which they are done. */
  readonly effects: readonly PaymentEffect[];
}

const step = (to: PaymentStatus, ...effects: PaymentEffect[]): PaymentTransition => ({ to, effects });

const next = (task: PaymentTask, to: PaymentStatus, ...effects: PaymentEffect[]): PaymentTransition => ({
  to,
  task,
  effects,
});

const lapse = (reason: DeclineReason): PaymentTransition => ({ to: 'DECLINED', reason, effects: ['announceDecline'] });

/** Nobody wants it any more, and it was collected all the same. */
const unwanted = step('CAPTURED', 'postCapture', 'announceCapture', 'refundRest');

/** Collected before we knew that it was authorised. */
const overtaken = step('CAPTURED', 'announceAuthorization', 'postCapture', 'announceCapture');

/**
 * Every step that a payment can take, by what happens and the status that it meets. What is not here is refused, and
 * changes nothing: a repeated or overtaken message, or a request that comes too late.
 */
export const paymentTransitions: Readonly<
  Record<PaymentTrigger, Readonly<Partial<Record<PaymentStatus, PaymentTransition>>>>
> = {
  AUTHORIZED: {
    PENDING: step('AUTHORIZED', 'announceAuthorization'),
    CHALLENGED: step('AUTHORIZED', 'announceAuthorization'),
    // An old report, or a late one: the order was told otherwise, or has given the payment up. What the provider still
    // has set aside is let go of; nobody sees anything of it.
    DECLINED: next('VOID', 'DECLINED'),
    VOIDED: next('VOID', 'VOIDED'),
  },
  CHALLENGED: {
    PENDING: next('EXPIRE_CHALLENGE', 'CHALLENGED', 'announceChallenge'),
  },
  DECLINED: {
    PENDING: step('DECLINED', 'announceDecline'),
    CHALLENGED: step('DECLINED', 'announceDecline'),
    AUTHORIZED: step('DECLINED', 'announceDecline'),
    VOIDING: step('VOIDED'),
    DECLINED: step('DECLINED'),
    VOIDED: step('VOIDED'),
  },
  CAPTURED: {
    PENDING: overtaken,
    CHALLENGED: overtaken,
    AUTHORIZED: step('CAPTURED', 'postCapture', 'announceCapture'),
    DECLINED: unwanted,
    VOIDING: unwanted,
    VOIDED: unwanted,
  },
  VOIDED: {
    VOIDING: step('VOIDED'),
    DECLINED: step('DECLINED'),
    VOIDED: step('VOIDED'),
    // By the bank, or because the customer's time was over.
    PENDING: lapse('AUTHORIZATION_EXPIRED'),
    CHALLENGED: lapse('CHALLENGE_EXPIRED'),
    AUTHORIZED: lapse('AUTHORIZATION_EXPIRED'),
  },
  CAPTURE_REQUESTED: {
    AUTHORIZED: next('CAPTURE', 'AUTHORIZED'),
  },
  VOID_REQUESTED: {
    PENDING: next('VOID', 'VOIDING'),
    CHALLENGED: next('VOID', 'VOIDING'),
    AUTHORIZED: next('VOID', 'VOIDING'),
    CAPTURED: step('CAPTURED', 'refundRest'),
    PARTIALLY_REFUNDED: step('PARTIALLY_REFUNDED', 'refundRest'),
  },
  REFUND_PAID_IN_PART: {
    CAPTURED: step('PARTIALLY_REFUNDED'),
    PARTIALLY_REFUNDED: step('PARTIALLY_REFUNDED'),
  },
  REFUND_PAID_IN_FULL: {
    CAPTURED: step('REFUNDED'),
    PARTIALLY_REFUNDED: step('REFUNDED'),
  },
  // A refund has failed after it was paid. In part: others are still paid.
  REFUND_REVERSED_IN_PART: {
    PARTIALLY_REFUNDED: step('PARTIALLY_REFUNDED'),
    REFUNDED: step('PARTIALLY_REFUNDED'),
  },
  REFUND_REVERSED_IN_FULL: {
    PARTIALLY_REFUNDED: step('CAPTURED'),
    REFUNDED: step('CAPTURED'),
  },
};
