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

/** Whether there is enough of everything, and all of it on sale. */
export function canBeReserved(lines: readonly Line[], stock: readonly (StockRow & { active: boolean })[]): boolean {
  const rows = new Map(stock.map((row) => [row.productId, row]));
  return (
    lines.length > 0 &&
    lines.every(({ productId, quantity }) => {
      const row = rows.get(productId);
      return row?.active === true && row.available >= quantity;
    })
  );
}
