import { type Db, rowLoader, sliceLoader } from '@tributary/service-kit';
import { isSku } from '../domain/product-input.ts';
import { listMovements, type MovementSlice } from '../store/movement-store.ts';
import { findProducts, findProductsBySku } from '../store/product-store.ts';
import { findStock } from '../store/stock-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export function createLoaders(db: Db) {
  const movements = sliceLoader(
    'movements',
    (productIds, slice: MovementSlice) => listMovements(db, productIds, slice),
    (movement) => movement.productId,
  );
  const stock = rowLoader(
    'stock',
    (productIds) => findStock(db, productIds),
    (row) => row.productId,
  );
  return {
    product: rowLoader(
      'product',
      (ids) => findProducts(db, ids),
      (product) => product.id,
    ),
    productBySku: rowLoader(
      'productBySku',
      (skus) => findProductsBySku(db, skus),
      (product) => product.sku,
      isSku,
    ),
    stock,
    movements,
    /** After a change of stock: a request may hold several. */
    forgetStock(): void {
      stock.clearAll();
      movements.clear();
    },
  };
}

export type Loaders = ReturnType<typeof createLoaders>;
