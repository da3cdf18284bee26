import { readFileSync } from 'node:fs';
import { newId, type ServiceKit } from '@tributary/service-kit';
import { announceProduct } from '../domain/announce-product.ts';
import { findProducts, insertProduct } from '../store/product-store.ts';
import { moveStock } from '../store/stock-store.ts';

/** One line of `catalogue.json`. Its image is `media/<sku in lower case>.svg`. */
interface DemoProduct {
  id: string;
  sku: string;
  name: string;
  description: string;
  category: string;
  priceMinor: number;
  weightGrams: number;
  /** What its image shows. */
  alt: string;
  stock: number;
  /** Left out: true. */
  active?: boolean;
}

/** What is sold where demo data is on: locally, never in production. */
export const demoProducts: readonly DemoProduct[] = JSON.parse(
  readFileSync(new URL('catalogue.json', import.meta.url), 'utf8'),
);

const IMAGE_SIZE = { width: 800, height: 800 };
/** The administrator among the demo users: somebody must have brought the stock in. */
const DEMO_ADMIN = '019a4b1c-0000-7000-8000-000000000003';

/** Adds the demo products that were never there; one that was changed or sold since is left as it is. */
export async function addDemoProducts({ database, emit }: Pick<ServiceKit, 'database' | 'emit'>): Promise<void> {
  const ids = demoProducts.map(({ id }) => id);
  const known = new Set((await findProducts(database.db, ids)).map(({ id }) => id));
  for (const { stock, alt, active = true, ...product } of demoProducts.filter(({ id }) => !known.has(id))) {
    const images = [{ url: `/media/${product.sku.toLowerCase()}.svg`, alt, ...IMAGE_SIZE }];
    await database.transaction(async (tx) => {
      const added = await insertProduct(tx, { ...product, currency: 'EUR', images, active });
      if (added === undefined) return;
      await announceProduct(emit, tx, added);
      if (stock === 0) return;
      await moveStock(tx, {
        id: newId(),
        productId: added.id,
        kind: 'RESTOCKED',
        availableDelta: stock,
        reservedDelta: 0,
        soldDelta: 0,
        actorId: DEMO_ADMIN,
      });
    });
  }
}
