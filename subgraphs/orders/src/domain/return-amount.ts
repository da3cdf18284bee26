import type { OrderLineRow, OrderRow } from '../store/order-store.ts';

/** How many of each product, by product id. */
export type Quantities = ReadonlyMap<string, number>;

/**
 * What is to be paid back for the articles of a return, at the prices of the order. The return that leaves nothing of
 * the order brings back the shipping costs as well, as the law wants it (Directive 2011/83/EU, article 13). Never more
 * than what was not paid back yet.
 *
 * @param returnedBefore what earlier returns held
 */
export function returnAmount(
  order: Pick<OrderRow, 'totalMinor' | 'shippingMinor'>,
  lines: readonly Pick<OrderLineRow, 'productId' | 'quantity' | 'unitPriceMinor'>[],
  returned: Quantities,
  returnedBefore: Quantities,
  refundedMinor: number,
): number {
  const count = (quantities: Quantities, productId: string) => quantities.get(productId) ?? 0;
  const goodsMinor = lines.reduce((sum, line) => sum + line.unitPriceMinor * count(returned, line.productId), 0);
  const nothingLeft = lines.every(
    ({ productId, quantity }) => count(returnedBefore, productId) + count(returned, productId) >= quantity,
  );
  return Math.min(goodsMinor + (nothingLeft ? order.shippingMinor : 0), order.totalMinor - refundedMinor);
}
