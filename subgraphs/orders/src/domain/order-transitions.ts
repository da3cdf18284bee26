import type { CANCELLATION_REASONS } from '../events.ts';
import type { OrderStatus } from '../store/order-store.ts';
import type { ORDER_TRIGGERS } from '../tables.ts';

/** What can happen to an order. */
export type OrderTrigger = (typeof ORDER_TRIGGERS)[number];

/** What an order says to the other services when it takes a step. */
export type OrderEffect =
  | 'requestPayment'
  | 'confirmReservation'
  | 'requestCapture'
  | 'announceConfirmation'
  | 'releaseReservation'
  | 'voidPayment'
  | 'announceCancellation';

export type CancellationReason = (typeof CANCELLATION_REASONS)[number];

export interface OrderTransition {
  /** Where it leads; the status that it was in when only something has to be said. */
  readonly to: OrderStatus;
  /** In the order in which they are said. */
  readonly effects: readonly OrderEffect[];
  /** Where it leads to CANCELLED. */
  readonly reason?: CancellationReason;
}

const step = (to: OrderStatus, ...effects: OrderEffect[]): OrderTransition => ({ to, effects });

const cancel = (reason: CancellationReason, ...effects: OrderEffect[]): OrderTransition => ({
  to: 'CANCELLED',
  effects: [...effects, 'announceCancellation'],
  reason,
});

const cancelOnRequest = (reason: CancellationReason): Partial<Record<OrderStatus, OrderTransition>> => ({
  // The stock that was asked for may be reserved after this: inventory remembers that it is not wanted.
  PLACED: cancel(reason, 'releaseReservation'),
  RESERVED: cancel(reason, 'releaseReservation', 'voidPayment'),
  CONFIRMED: cancel(reason, 'releaseReservation', 'voidPayment'),
});

/**
 * Every step that an order can take, by what happens and the status that it meets. What is not here is refused, and
 * changes nothing: a repeated or overtaken message, or a request that comes too late.
 */
export const orderTransitions: Readonly<Record<OrderTrigger, Readonly<Partial<Record<OrderStatus, OrderTransition>>>>> =
  {
    STOCK_RESERVED: {
      PLACED: step('RESERVED', 'requestPayment'),
      CANCELLED: step('CANCELLED', 'releaseReservation'),
    },
    STOCK_REJECTED: {
      PLACED: cancel('OUT_OF_STOCK'),
    },
    // Inventory lets go only of stock that it was not yet told to sell. Where that message and the payment have crossed
    // the expiry on its way, the order must not stay paid without stock: it ends, and the money goes back.
    RESERVATION_EXPIRED: {
      PLACED: cancel('EXPIRED'),
      RESERVED: cancel('EXPIRED', 'voidPayment'),
      CONFIRMED: cancel('EXPIRED', 'voidPayment'),
      PAID: cancel('EXPIRED', 'voidPayment'),
      // A return that was asked for meanwhile refunds only its part.
      RETURN_REQUESTED: cancel('EXPIRED', 'voidPayment'),
    },
    PAYMENT_AUTHORIZED: {
      RESERVED: step('CONFIRMED', 'confirmReservation', 'requestCapture', 'announceConfirmation'),
      CANCELLED: step('CANCELLED', 'voidPayment'),
    },
    PAYMENT_DECLINED: {
      RESERVED: cancel('PAYMENT_DECLINED', 'releaseReservation'),
      // What was authorised could not be collected.
      CONFIRMED: cancel('PAYMENT_DECLINED', 'releaseReservation'),
      // What is collected after it was declined goes back by itself. The news of that has overtaken this one.
      PAID: cancel('PAYMENT_DECLINED', 'releaseReservation'),
      RETURN_REQUESTED: cancel('PAYMENT_DECLINED', 'releaseReservation'),
      REFUNDED: cancel('PAYMENT_DECLINED', 'releaseReservation'),
    },
    PAYMENT_CHALLENGED: {
      RESERVED: step('RESERVED'),
    },
    // A capture proves the authorisation, and a refund the capture: their own messages may be overtaken, and are refused
    // when they come. What the authorisation would have said is said then; a capture need not be asked for any more.
    PAYMENT_CAPTURED: {
      RESERVED: step('PAID', 'confirmReservation', 'announceConfirmation'),
      CONFIRMED: step('PAID'),
      CANCELLED: step('CANCELLED', 'voidPayment'),
    },
    PAYMENT_REFUNDED_IN_PART: {
      RESERVED: step('PAID', 'confirmReservation', 'announceConfirmation'),
      CONFIRMED: step('PAID'),
      PAID: step('PAID'),
      RETURN_REQUESTED: step('PAID'),
      CANCELLED: step('CANCELLED'),
      REFUNDED: step('REFUNDED'),
    },
    PAYMENT_REFUNDED_IN_FULL: {
      RESERVED: step('REFUNDED', 'confirmReservation', 'announceConfirmation'),
      CONFIRMED: step('REFUNDED'),
      PAID: step('REFUNDED'),
      RETURN_REQUESTED: step('REFUNDED'),
      CANCELLED: step('CANCELLED'),
    },
    CUSTOMER_CANCELLED: cancelOnRequest('CUSTOMER'),
    ADMIN_CANCELLED: cancelOnRequest('ADMIN'),
    RETURN_REQUESTED: {
      PAID: step('RETURN_REQUESTED'),
    },
    // No step has come for too long. There is no time-out in CONFIRMED: the capture may have taken place, nobody knows
    // until payments has asked the provider, which it does for as long as it takes; a customer would lose an order that
    // they were promised and have paid for. Nor in RETURN_REQUESTED, which waits for the same.
    TIMED_OUT: {
      PLACED: cancel('EXPIRED', 'releaseReservation'),
      RESERVED: cancel('EXPIRED', 'releaseReservation', 'voidPayment'),
    },
  };

/** Whether a customer's or an administrator's `cancelOrder` is accepted in that status. */
export const isCancellable = (status: OrderStatus) => status in orderTransitions.CUSTOMER_CANCELLED;
