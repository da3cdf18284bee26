import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Answers } from './answers.ts';
import { askAgain } from './ask-again.ts';
import { runCustomer } from './customer.ts';
import { documents } from './documents.ts';
import type { Ask } from './graph-client.ts';
import type { Manner } from './manners.ts';
import { renewSessions } from './renew-sessions.ts';
import type { Account, Shop } from './shop.ts';

export interface LoadOptions {
  ask: Ask;
  shop: Shop;
  answers: Answers;
  random: Random;
  /** Each customer places an order about so often, asked anew for each. */
  everyMs(): number;
  manner?: (random: Random) => Manner;
  /** See `CustomerOptions`. */
  onPlaced(account: Account, orderId: string): void;
  /** Units that come in of some product every two seconds. */
  restocked: number;
  /** See `CustomerOptions`. */
  placing: AbortSignal;
  signal: AbortSignal;
}

const KEEP_PRODUCTS_EVERY_MS = 2000;
const PATIENCE_MS = 10_000;

/** All customers at once, and an administrator who changes and restocks products; resolves when all have ended. */
export async function runLoad(options: LoadOptions): Promise<void> {
  const { shop, random, placing } = options;
  const changing = keepProducts(options, placing);
  const renewing = renewSessions(options.ask, [shop.admin, ...shop.customers], placing);
  await Promise.all(
    shop.customers.map((account, index) =>
      runCustomer({ ...options, account, random: random.fork(`customer ${index}`) }),
    ),
  );
  await Promise.all([changing, renewing]);
}

async function keepProducts({ ask, shop, random, restocked }: LoadOptions, signal: AbortSignal): Promise<void> {
  const drawn = random.fork('products');
  for (let number = 1; !signal.aborted; number++) {
    const sku = `SCARCE-${drawn.between(1, shop.productIds.length)}`;
    await askAgain(PATIENCE_MS, async () => {
      const { product } = await ask(documents.product, { sku }, shop.admin.accessToken);
      const input = { id: product.id, expectedVersion: product.version, description: `Described ${number} times.` };
      await ask(documents.updateProduct, { input }, shop.admin.accessToken);
    });
    const restock = {
      productId: drawn.pick(shop.productIds),
      quantity: restocked,
      idempotencyKey: `delivery ${number}`,
    };
    if (restocked > 0)
      await askAgain(PATIENCE_MS, () => ask(documents.restock, { input: restock }, shop.admin.accessToken));
    await delay(KEEP_PRODUCTS_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
