import type { ProductRow } from '../store/product-store.ts';
import { isTraded } from './money.ts';

/** Whether a product can be put into a cart and ordered. */
export const isBuyable = (product: ProductRow): boolean => product.active && isTraded(product.currency);
