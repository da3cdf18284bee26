import { DomainError, isTraded, type Money, money } from '@tributary/service-kit';
import type { CartLine } from '../store/cart-store.ts';
import { hasNewPrice, lineAtCurrentPrice } from './cart-changes.ts';
import { checkLines, subtotalOf, weightOf } from './cart-limits.ts';
import type { OrderRequest } from './order-request.ts';
import { isBuyable } from './products.ts';
import { shippingCost } from './shipping.ts';

/** What an order of a cart costs. `totalMinor` is `subtotalMinor` and `shippingMinor`. */
export interface OrderPrice {
  currency: string;
  subtotalMinor: number;
  shippingMinor: number;
  totalMinor: number;
}

/**
 * What the cart's lines cost the customer who asks, today.
 *
 * @throws DomainError EmptyCartError, ProductUnavailableError, CartPriceChangedError, CartFullError
 */
export function priceOrder(lines: readonly CartLine[], request: OrderRequest): OrderPrice {
  if (lines.length === 0) throw new DomainError('EmptyCartError', 'There is nothing in the cart.');
  const gone = lines.filter(({ product }) => !isBuyable(product));
  if (gone.length > 0) {
    throw new DomainError('ProductUnavailableError', 'Some products can no longer be bought.', {
      productIds: gone.map(({ product }) => product.id),
    });
  }
  const { country } = request.shippingAddress;
  if (lines.some(hasNewPrice)) throw priceChanged(lines, country);
  checkLines(lines);
  const price = priceOf(lines, country);
  if (price === undefined) throw new Error('lines within the limits have no price');
  const { expectedTotal } = request;
  if (
    expectedTotal !== null &&
    (expectedTotal.amountMinor !== price.totalMinor || expectedTotal.currency !== price.currency)
  ) {
    throw priceChanged(lines, country);
  }
  return price;
}

function priceOf(lines: readonly CartLine[], country: string): OrderPrice | undefined {
  const currency = lines[0]?.currency;
  if (currency === undefined || !isTraded(currency)) return undefined;
  const subtotalMinor = subtotalOf(lines);
  const shippingMinor = shippingCost(weightOf(lines), country, currency);
  return shippingMinor === undefined
    ? undefined
    : { currency, subtotalMinor, shippingMinor, totalMinor: subtotalMinor + shippingMinor };
}

function priceChanged(lines: readonly CartLine[], country: string): DomainError {
  return new DomainError('CartPriceChangedError', 'The order would not cost what you were told.', {
    lines: lines.filter(hasNewPrice).map(({ product, unitPriceMinor, currency }) => ({
      productId: product.id,
      oldPrice: money(unitPriceMinor, currency),
      newPrice: money(product.priceMinor, product.currency),
    })),
    total: totalToday(lines, country),
  });
}

/** Null when today's prices make no order: in several currencies, or beyond a cart's limits. */
function totalToday(lines: readonly CartLine[], country: string): Money | null {
  const today = lines.map(({ product, quantity }) => lineAtCurrentPrice(product, quantity));
  try {
    checkLines(today);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
  const price = priceOf(today, country);
  return price === undefined ? null : money(price.totalMinor, price.currency);
}
