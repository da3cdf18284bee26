import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Answers } from './answers.ts';
import { askAgain } from './ask-again.ts';
import { documents } from './documents.ts';
import { followUp } from './follow-up.ts';
import type { Ask, Data } from './graph-client.ts';
import { drawManner, type Manner } from './manners.ts';
import type { Account, CustomerAccount, Shop } from './shop.ts';

export interface CustomerOptions {
  ask: Ask;
  shop: Shop;
  account: CustomerAccount;
  answers: Answers;
  random: Random;
  /** They place an order about so often, asked anew for each. */
  everyMs(): number;
  /** The answer to `placeOrder` has an order; called for each such answer. */
  onPlaced(account: Account, orderId: string): void;
  /** Draws what they do with an order. Default: a bit of everything. */
  manner?: (random: Random) => Manner;
  /** From then on they place no more. */
  placing: AbortSignal;
  /** From then on they do nothing more about what they have placed. */
  signal: AbortSignal;
}

const ADDRESS = { recipient: 'A customer', line1: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };
/** Outlives an outage of the database and the start of a process; then they give up on that order. */
const PATIENCE_MS = 45_000;

/** One customer, who orders one thing after the other; what follows from an order goes on beside the next one. */
export async function runCustomer(options: CustomerOptions): Promise<void> {
  const { account, random, placing, manner = drawManner } = options;
  const followUps: Promise<void>[] = [];
  for (let number = 1; !placing.aborted; number++) {
    const startedAt = performance.now();
    const chosen = manner(random);
    // Numbered for each customer, so that customers use the same keys.
    const orderId = await placeOrder(options, `order-${number}`, chosen);
    if (orderId !== undefined) followUps.push(followUp({ ...options, account, orderId, manner: chosen }));
    const dueAt = startedAt + (random.next() + 0.5) * options.everyMs();
    await delay(Math.max(0, dueAt - performance.now()), undefined, { signal: placing }).catch(() => {});
  }
  await Promise.all(followUps);
}

/** Gives the id of the order, when there is an answer that names one. */
async function placeOrder(options: CustomerOptions, key: string, manner: Manner): Promise<string | undefined> {
  const { account } = options;
  if (!(await fillCart(options))) return undefined;
  const input = {
    idempotencyKey: key,
    shippingAddress: ADDRESS,
    paymentMethodId: account.methods.get(manner.card),
  };
  const answered = await Promise.all(Array.from({ length: manner.submissions }, () => submit(options, key, input)));
  return answered.find((orderId) => orderId !== undefined);
}

async function submit(
  { ask, account, answers, onPlaced }: CustomerOptions,
  key: string,
  input: object,
): Promise<string | undefined> {
  const data = await askAgain(PATIENCE_MS, () => ask(documents.placeOrder, { input }, account.accessToken));
  if (data === undefined) return undefined;
  const { order } = data.placeOrder;
  if (order !== null) onPlaced(account, order.id);
  const orderId = orderIn(data.placeOrder);
  answers.add({ customerId: account.id, key, orderId: orderId ?? null, body: JSON.stringify(data.placeOrder) });
  return orderId;
}

/** An order that was made and is out of stock is named by its error. */
const orderIn = ({ order, errors }: Data): string | undefined =>
  order?.id ?? errors.find((error: Data) => error.order !== undefined)?.order.id;

/** False when it could not be done: the customer goes on to the next order. */
async function fillCart({ ask, account, shop, random }: CustomerOptions): Promise<boolean> {
  const cleared = await askAgain(PATIENCE_MS, () => ask(documents.clearCart, {}, account.accessToken));
  if (cleared === undefined) return false;
  const chosen = random.shuffle(shop.productIds).slice(0, random.chance(0.3) ? 2 : 1);
  for (const productId of chosen) {
    const input = { productId, quantity: random.between(1, 2) };
    const added = await askAgain(PATIENCE_MS, () => ask(documents.addToCart, { input }, account.accessToken));
    if (added === undefined) return false;
  }
  return true;
}
