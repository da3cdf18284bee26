import {
  type Db,
  DomainError,
  type Identity,
  money,
  newId,
  requireUser,
  type ServiceKit,
} from '@tributary/service-kit';
import { orderChanged, orderPlaced, reservationRequested } from '../events.ts';
import { type Cart, deleteCartLines } from '../store/cart-store.ts';
import { findOrderByKey, insertOrder, type OrderRow } from '../store/order-store.ts';
import { insertTimelineEntry } from '../store/timeline-store.ts';
import { openCart } from './open-cart.ts';
import { announcement } from './order-effects.ts';
import { checkOrderRequest, type OrderRequest, type PlaceOrderInput } from './order-request.ts';
import type { OrderSaga } from './order-saga.ts';
import type { OrderView } from './order-view.ts';
import type { AnswerPlacement } from './placement-answer.ts';
import { priceOrder } from './price-order.ts';

/**
 * Orders what is in the signed-in user's cart, and waits a moment for inventory's answer. The same key with the same
 * input gives the same answer again. A refusal that made no order is not kept: the attempt may be repeated.
 *
 * @throws CodedError UNAUTHENTICATED, DEADLINE_EXCEEDED; DomainError EmptyCartError, CartPriceChangedError,
 * CartFullError, ProductUnavailableError, OutOfStockError, IdempotencyKeyReusedError, InvalidInputError
 */
export type PlaceOrder = (identity: Identity, input: PlaceOrderInput, signal: AbortSignal) => Promise<OrderView>;

export function createPlaceOrder(
  kit: Pick<ServiceKit, 'database' | 'emit'>,
  saga: OrderSaga,
  answer: AnswerPlacement,
): PlaceOrder {
  return async (identity, input, signal) => {
    const { userId } = requireUser(identity);
    const request = checkOrderRequest(input);
    const placed = await kit.database.transaction(async (tx) => {
      // The cart's lock lets attempts with one key through one by one: the second already finds the first one's order.
      const cart = await openCart(tx, { customerId: userId });
      const earlier = await findOrderByKey(tx, userId, request.idempotencyKey);
      if (earlier !== undefined) return sameOrder(earlier, request);
      const order = await insertFromCart(tx, userId, cart, request);
      await deleteCartLines(tx, cart.id);
      saga.count(order.status);
      await kit.emit(tx, orderPlaced, order.id, {
        ...announcement(order),
        total: money(order.totalMinor, order.currency),
      });
      await kit.emit(tx, reservationRequested, order.id, {
        orderId: order.id,
        lines: cart.lines.map(({ product, quantity }) => ({ productId: product.id, quantity })),
      });
      await kit.emit(tx, orderChanged, order.id, { orderId: order.id, status: order.status });
      return order;
    });
    return answer(placed, signal);
  };
}

function sameOrder(earlier: OrderRow, request: OrderRequest): OrderRow {
  if (earlier.requestHash === request.hash) return earlier;
  throw new DomainError('IdempotencyKeyReusedError', 'That key was used for an order with other input.');
}

async function insertFromCart(tx: Db, customerId: string, cart: Cart, request: OrderRequest): Promise<OrderRow> {
  const price = priceOrder(cart.lines, request);
  const now = new Date();
  const order = await insertOrder(
    tx,
    {
      ...price,
      id: newId(),
      customerId,
      status: 'PLACED',
      shippingAddress: request.shippingAddress,
      paymentMethodId: request.paymentMethodId,
      idempotencyKey: request.idempotencyKey,
      requestHash: request.hash,
      placedAt: now,
      updatedAt: now,
    },
    cart.lines.map(({ product, quantity, unitPriceMinor }) => ({
      productId: product.id,
      sku: product.sku,
      name: product.name,
      quantity,
      unitPriceMinor,
    })),
  );
  await insertTimelineEntry(tx, { orderId: order.id, at: now, status: order.status, cause: 'ORDER_PLACED' });
  return order;
}
