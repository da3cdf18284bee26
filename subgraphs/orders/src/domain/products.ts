import { isTraded } from '@tributary/service-kit';
import type { ProductRow } from '../store/product-store.ts';

/** Whether a product can be put into a cart and ordered. */
export const isBuyable = (product: ProductRow): boolean => product.active && isTraded(product.currency);
