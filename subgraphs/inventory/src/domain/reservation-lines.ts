import type { StockRow } from '../store/stock-store.ts';

/** How many of a product an order is about. */
export interface Line {
  productId: string;
  quantity: number;
}

/** Each product once, by its id: the order in which stock is taken. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  return [...quantities]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

/** A product of which less can be had than an order needs. */
export interface Shortage {
  productId: string;
  requested: number;
  /** Of what is off sale, or not there at all, nothing. */
  available: number;
}

/** The lines for which there is not enough. */
export function shortagesOf(
  lines: readonly Line[],
  stock: readonly (StockRow & { active: boolean })[],
): readonly Shortage[] {
  const rows = new Map(stock.map((row) => [row.productId, row]));
  return lines.flatMap(({ productId, quantity }) => {
    const row = rows.get(productId);
    const available = row?.active === true ? row.available : 0;
    return available >= quantity ? [] : [{ productId, requested: quantity, available }];
  });
}
