import { DomainError } from '@tributary/service-kit';
import type { Cart, CartLine } from '../store/cart-store.ts';
import type { ProductRow } from '../store/product-store.ts';
import { checkLines, checkQuantity, MAX_QUANTITY } from './cart-limits.ts';
import { isBuyable } from './products.ts';

const withLine = (lines: readonly CartLine[], changed: CartLine): CartLine[] => [
  ...lines.filter(({ product }) => product.id !== changed.product.id),
  changed,
];

/** The line of a product. @throws DomainError NotFoundError */
export function lineOf(cart: Cart, productId: string): CartLine {
  const line = cart.lines.find(({ product }) => product.id === productId);
  if (line === undefined) throw new DomainError('NotFoundError', 'The cart does not hold that product.');
  return line;
}

/**
 * The line that results from putting a product into a cart. One that is there already keeps the price that the
 * customer saw first: a price that has changed since is agreed to explicitly, never by buying more.
 *
 * @throws DomainError ProductUnavailableError, InvalidQuantityError, CartFullError, CurrencyMismatchError
 */
export function lineWithMore(cart: Cart, product: ProductRow, quantity: number): CartLine {
  checkQuantity(quantity);
  if (!isBuyable(product)) {
    throw new DomainError('ProductUnavailableError', 'The product can no longer be bought.', {
      productIds: [product.id],
    });
  }
  const known = cart.lines.find((line) => line.product.id === product.id) ?? lineAtCurrentPrice(product, 0);
  const line = { ...known, quantity: checkQuantity(known.quantity + quantity) };
  checkLines(withLine(cart.lines, line));
  return line;
}

/** The line with another quantity. @throws DomainError NotFoundError, InvalidQuantityError, CartFullError */
export function lineWithQuantity(cart: Cart, productId: string, quantity: number): CartLine {
  const line = { ...lineOf(cart, productId), quantity: checkQuantity(quantity) };
  checkLines(withLine(cart.lines, line));
  return line;
}

/** All lines at today's prices. @throws DomainError CartFullError, CurrencyMismatchError */
export function linesAtCurrentPrices(cart: Cart): CartLine[] {
  const lines = cart.lines.map(({ product, quantity }) => lineAtCurrentPrice(product, quantity));
  checkLines(lines);
  return lines;
}

/** The lines that a guest's cart brings into a customer's. @throws DomainError CartFullError, CurrencyMismatchError */
export function mergedLines(own: Cart, guests: Cart): CartLine[] {
  const merged = guests.lines.map((line) => {
    const known = own.lines.find(({ product }) => product.id === line.product.id);
    return known === undefined ? line : { ...known, quantity: Math.min(MAX_QUANTITY, known.quantity + line.quantity) };
  });
  checkLines(merged.reduce(withLine, own.lines));
  return merged;
}

export const lineAtCurrentPrice = (product: ProductRow, quantity: number): CartLine => ({
  product,
  quantity,
  unitPriceMinor: product.priceMinor,
  currency: product.currency,
});

/** Whether the price that the customer saw no longer holds. */
export const hasNewPrice = ({ product, unitPriceMinor, currency }: CartLine): boolean =>
  product.priceMinor !== unitPriceMinor || product.currency !== currency;
