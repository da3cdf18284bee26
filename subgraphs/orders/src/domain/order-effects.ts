import { type Db, type EmitEvent, money } from '@tributary/service-kit';
import {
  captureRequested,
  orderCancelled,
  orderConfirmed,
  paymentRequested,
  paymentVoided,
  reservationConfirmed,
  reservationReleased,
} from '../events.ts';
import type { OrderRow } from '../store/order-store.ts';
import type { OrderEffect, OrderTransition } from './order-transitions.ts';

export type Effects = Record<OrderEffect, (tx: Db, order: OrderRow, transition: OrderTransition) => Promise<void>>;

/** The message to the other services that stands behind each effect of a transition. */
export const createEffects = (emit: EmitEvent): Effects => ({
  requestPayment: (tx, order) =>
    emit(tx, paymentRequested, order.id, {
      orderId: order.id,
      customerId: order.customerId,
      paymentMethodId: order.paymentMethodId,
      amount: money(order.totalMinor, order.currency),
    }),
  confirmReservation: (tx, { id }) => emit(tx, reservationConfirmed, id, { orderId: id }),
  requestCapture: (tx, { id }) => emit(tx, captureRequested, id, { orderId: id }),
  announceConfirmation: (tx, order) =>
    emit(tx, orderConfirmed, order.id, { ...announcement(order), total: money(order.totalMinor, order.currency) }),
  releaseReservation: (tx, { id }) => emit(tx, reservationReleased, id, { orderId: id }),
  voidPayment: (tx, { id }) => emit(tx, paymentVoided, id, { orderId: id }),
  announceCancellation: (tx, order, { reason }) => {
    if (reason === undefined) throw new Error('a transition to CANCELLED has no reason');
    return emit(tx, orderCancelled, order.id, { ...announcement(order), reason });
  },
});

/** What each event says of the order that it announces. */
export const announcement = ({ id, customerId, number }: OrderRow) => ({ orderId: id, customerId, number });
