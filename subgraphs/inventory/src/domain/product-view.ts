import type { MovementSlice } from '../store/movement-store.ts';
import type { ProductRow } from '../store/product-store.ts';
import type { StockRow } from '../store/stock-store.ts';
import type { StockAnswer } from '../tables.ts';

/** A product as it is, or as a change of its stock has left it. */
export interface ProductView extends ProductRow {
  kept?: {
    stock: StockRow;
    /** Number of the last entry of its stock book. */
    lastMovement: number;
  };
}

/** The product as a kept answer shows it. */
export const viewOf = ({ product, stock, lastMovement }: StockAnswer): ProductView => ({
  ...product,
  // Text, where it was read from JSON.
  createdAt: new Date(product.createdAt),
  updatedAt: new Date(product.updatedAt),
  kept: { stock, lastMovement },
});

/** The part of its stock book that is shown. */
export const shownMovements = ({ kept }: ProductView, slice: MovementSlice): MovementSlice =>
  kept === undefined ? slice : { ...slice, before: Math.min(slice.before ?? Infinity, kept.lastMovement + 1) };
