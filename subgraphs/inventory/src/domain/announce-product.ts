import { type Db, type EmitEvent, money } from '@tributary/service-kit';
import { productChanged } from '../events.ts';
import type { ProductRow } from '../store/product-store.ts';

/** Tells the other services how a product is from now on. */
export const announceProduct = (emit: EmitEvent, tx: Db, product: ProductRow): Promise<void> =>
  emit(tx, productChanged, product.id, {
    productId: product.id,
    sku: product.sku,
    name: product.name,
    price: money(product.priceMinor, product.currency),
    weightGrams: product.weightGrams,
    active: product.active,
    version: product.version,
  });
