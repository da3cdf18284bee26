import { type Db, listLoader, rowLoader } from '@tributary/service-kit';
import type DataLoader from 'dataloader';
import { isId } from '../domain/is-id.ts';
import { isSku } from '../domain/product-input.ts';
import { listMovements, type MovementRow, type MovementSlice } from '../store/movement-store.ts';
import { findProducts, findProductsBySku } from '../store/product-store.ts';
import { findStock } from '../store/stock-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export function createLoaders(db: Db) {
  const movements = new Map<string, DataLoader<string, MovementRow[]>>();
  const stock = rowLoader(
    (productIds) => findStock(db, productIds),
    (row) => row.productId,
  );
  return {
    product: rowLoader(
      (ids) => where(ids, isId, (valid) => findProducts(db, valid)),
      (product) => product.id,
    ),
    productBySku: rowLoader(
      (skus) => where(skus, isSku, (valid) => findProductsBySku(db, valid)),
      (product) => product.sku,
    ),
    stock,
    /** The loader of one slice of products' stock books: each field with other arguments is another query. */
    movements(slice: MovementSlice): DataLoader<string, MovementRow[]> {
      const key = JSON.stringify(slice);
      const loader =
        movements.get(key) ??
        listLoader(
          (productIds) => listMovements(db, productIds, slice),
          (movement) => movement.productId,
        );
      movements.set(key, loader);
      return loader;
    },
    /** After a change of stock: a request may hold several. */
    forgetStock(): void {
      stock.clearAll();
      movements.clear();
    },
  };
}

/** What cannot be a key belongs to nothing, and must not reach the database. */
async function where<Row>(
  keys: readonly string[],
  isKey: (key: string) => boolean,
  find: (valid: string[]) => Promise<Row[]>,
): Promise<Row[]> {
  const valid = keys.filter(isKey);
  return valid.length === 0 ? [] : find(valid);
}

export type Loaders = ReturnType<typeof createLoaders>;
