import { DomainError } from '@tributary/service-kit';
import type { CartLine } from '../store/cart-store.ts';
import { MAX_SHIPPING_WEIGHT_GRAMS } from './shipping.ts';

const MIN_QUANTITY = 1;
export const MAX_QUANTITY = 99;
const MAX_LINES = 50;
/** 1,000,000.00: far from what `Int` can hold, with shipping on top. */
const MAX_SUBTOTAL_MINOR = 100_000_000;

/** @throws DomainError InvalidQuantityError unless 1 ≤ `quantity` ≤ 99. */
export function checkQuantity(quantity: number): number {
  if (quantity < MIN_QUANTITY || quantity > MAX_QUANTITY) {
    throw new DomainError('InvalidQuantityError', `A quantity is from ${MIN_QUANTITY} to ${MAX_QUANTITY}.`, {
      min: MIN_QUANTITY,
      max: MAX_QUANTITY,
    });
  }
  return quantity;
}

export const subtotalOf = (lines: readonly Pick<CartLine, 'quantity' | 'unitPriceMinor'>[]): number =>
  lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);

export const weightOf = (lines: readonly CartLine[]): number =>
  lines.reduce((sum, { quantity, product }) => sum + quantity * product.weightGrams, 0);

/** @throws DomainError CartFullError or CurrencyMismatchError when one order cannot hold these lines. */
export function checkLines(lines: readonly CartLine[]): void {
  const full = (message: string) =>
    new DomainError('CartFullError', message, {
      maxLines: MAX_LINES,
      maxWeightGrams: MAX_SHIPPING_WEIGHT_GRAMS,
      maxSubtotalMinor: MAX_SUBTOTAL_MINOR,
    });
  const [first] = lines;
  const other = lines.find(({ currency }) => currency !== first?.currency);
  if (first !== undefined && other !== undefined) {
    throw new DomainError('CurrencyMismatchError', 'A cart has one currency, and these products have several.', {
      cartCurrency: first.currency,
      productCurrency: other.currency,
    });
  }
  if (lines.length > MAX_LINES) throw full(`A cart holds at most ${MAX_LINES} different products.`);
  if (weightOf(lines) > MAX_SHIPPING_WEIGHT_GRAMS) throw full('That is too heavy for one order.');
  if (subtotalOf(lines) > MAX_SUBTOTAL_MINOR) throw full('That is worth too much for one order.');
}
