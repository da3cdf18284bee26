import { type Identity, isAdmin } from '@tributary/service-kit';
import type { ProductRow } from '../store/product-store.ts';
import type { StockRow } from '../store/stock-store.ts';

/** The most that is told of what is left: a line of an order holds no more. */
const MAX_SHOWN = 99;

/** A product that somebody looks up: for everybody while it is on sale, always for administrators. */
export const visibleProduct = (identity: Identity, product: ProductRow | null): ProductRow | null =>
  product !== null && (product.active || isAdmin(identity)) ? product : null;

/** The exact figures and the stock book are the shop's own business. */
export const maySeeStock = isAdmin;

/** How many can be bought now, as everybody is told. */
export const shownAvailable = ({ active }: ProductRow, stock: StockRow | null): number =>
  active ? Math.min(stock?.available ?? 0, MAX_SHOWN) : 0;
