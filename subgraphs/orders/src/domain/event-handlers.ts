import {
  type CloudEvent,
  type Db,
  type EventHandler,
  type Logger,
  onEvent,
  type ServiceKit,
} from '@tributary/service-kit';
import {
  accountClosed,
  paymentAuthorized,
  paymentCaptured,
  paymentChallenged,
  paymentDeclined,
  paymentRefunded,
  productChanged,
  reservationExpired,
  stockRejected,
  stockReserved,
} from '../events.ts';
import { deleteCart, lockCart } from '../store/cart-store.ts';
import { insertClosedAccount } from '../store/closed-account-store.ts';
import { eraseAddresses, findOrder } from '../store/order-store.ts';
import { saveProduct } from '../store/product-store.ts';
import { eraseReturnHashes, insertRefund } from '../store/return-store.ts';
import { eraseNotes } from '../store/timeline-store.ts';
import type { OrderSaga, StepOrigin } from './order-saga.ts';
import type { OrderTrigger } from './order-transitions.ts';

/** What orders does about the events of other services. */
export function createEventHandlers({ log }: Pick<ServiceKit, 'log'>, saga: OrderSaga): readonly EventHandler[] {
  const lets =
    (trigger: OrderTrigger) =>
    (event: CloudEvent<{ orderId: string }>, tx: Db): Promise<void> =>
      advance(saga, log, tx, event, trigger);

  return [
    onEvent(stockReserved, lets('STOCK_RESERVED')),
    onEvent(stockRejected, (event, tx) =>
      advance(saga, log, tx, event, 'STOCK_REJECTED', { shortages: event.data.products }),
    ),
    onEvent(reservationExpired, lets('RESERVATION_EXPIRED')),
    onEvent(paymentAuthorized, lets('PAYMENT_AUTHORIZED')),
    onEvent(paymentDeclined, lets('PAYMENT_DECLINED')),
    onEvent(paymentChallenged, lets('PAYMENT_CHALLENGED')),
    onEvent(paymentCaptured, lets('PAYMENT_CAPTURED')),
    onEvent(paymentRefunded, async (event, tx) => {
      const { orderId, refundId, amount, fullyRefunded } = event.data;
      if ((await findOrder(tx, orderId)) === undefined) return unknown(log, event);
      // A refund that is known already must not turn the order back from a return that came after it.
      if (!(await insertRefund(tx, { refundId, orderId, amountMinor: amount.amountMinor }))) return;
      await advance(saga, log, tx, event, fullyRefunded ? 'PAYMENT_REFUNDED_IN_FULL' : 'PAYMENT_REFUNDED_IN_PART');
    }),
    onEvent(productChanged, async ({ data: { productId, price, ...product } }, tx) => {
      await saveProduct(tx, { ...product, id: productId, priceMinor: price.amountMinor, currency: price.currency });
    }),
    onEvent(accountClosed, async ({ data: { userId } }, tx) => {
      await insertClosedAccount(tx, userId);
      // Before the orders: this waits for an order that is just being made from the cart. The lock waits for a cart, too,
      // that is just coming into being: nobody sees it yet, and it would not be deleted.
      await lockCart(tx, { customerId: userId });
      await deleteCart(tx, { customerId: userId });
      await eraseAddresses(tx, userId);
      await eraseNotes(tx, userId);
      await eraseReturnHashes(tx, userId);
    }),
  ];
}

async function advance(
  saga: OrderSaga,
  log: Logger,
  tx: Db,
  event: CloudEvent<{ orderId: string }>,
  trigger: OrderTrigger,
  origin: StepOrigin = {},
): Promise<void> {
  const { order, taken } = await saga.advance(tx, event.data.orderId, trigger, { ...origin, eventId: event.id });
  if (order === undefined) return unknown(log, event);
  if (!taken) log.warn({ event_id: event.id, order_id: order.id, trigger, status: order.status }, 'order step refused');
}

/** Trying again would not help: an order is committed before anybody is told of it. */
const unknown = (log: Logger, event: CloudEvent): void =>
  log.warn({ event_id: event.id, event_type: event.type }, 'event about an unknown order');
