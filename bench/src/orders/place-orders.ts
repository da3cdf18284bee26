import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ask, documents, type Shop } from '@tributary/chaos';
import { untilConfirmed } from './confirmation-times.ts';

export interface Run {
  ask: Ask;
  shop: Shop;
  /** PostgreSQL, as the superuser. */
  adminUrl: string;
}

export interface Load {
  orders: number;
  /** Default: each customer orders again as soon as the last order was answered. */
  perSecond?: number;
  /** Fill carts and order nothing, to know what that costs. Default false. */
  onlyCarts?: boolean;
}

export interface Placed {
  orderIds: string[];
  /** Confirmed orders a second, from the first placeOrder to the last confirmation. */
  perSecond: number;
  /** Of placeOrder as the customer sees it, in milliseconds. */
  answerMs: number[];
}

const ADDRESS = { recipient: 'Bench', line1: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };

/** Customers order side by side, one unit of one product each time, until there are `orders`; waits for the last. */
export async function placeOrders({ ask, shop, adminUrl }: Run, load: Load): Promise<Placed> {
  const orderIds: string[] = [];
  const answerMs: number[] = [];
  const startedAt = performance.now();
  let begun = 0;

  async function orderOnce(customer: Shop['customers'][number], number: number): Promise<void> {
    const productId = shop.productIds[number % shop.productIds.length];
    await ask(documents.addToCart, { input: { productId, quantity: 1 } }, customer.accessToken);
    if (load.onlyCarts) return;
    const input = {
      idempotencyKey: randomUUID(),
      paymentMethodId: customer.methods.get('tok_visa'),
      shippingAddress: ADDRESS,
    };
    const askedAt = performance.now();
    const { placeOrder } = await ask(documents.placeOrder, { input }, customer.accessToken);
    answerMs.push(performance.now() - askedAt);
    if (placeOrder.order === null) throw new Error(`refused: ${placeOrder.errors[0]?.__typename}`);
    orderIds.push(placeOrder.order.id);
  }

  await Promise.all(
    shop.customers.map(async (customer) => {
      while (begun < load.orders) {
        const number = begun++;
        if (load.perSecond !== undefined)
          await delay(Math.max(0, startedAt + (number / load.perSecond) * 1000 - performance.now()));
        await orderOnce(customer, number);
      }
    }),
  );
  if (!load.onlyCarts) await untilConfirmed(adminUrl, orderIds);
  return { orderIds, answerMs, perSecond: orderIds.length / ((performance.now() - startedAt) / 1000) };
}
