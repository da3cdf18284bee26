import { money } from '@tributary/service-kit';
import { hasNewPrice } from '../domain/cart-changes.ts';
import { isBuyable } from '../domain/products.ts';
import type { CartLineResolvers } from '../schema.generated.ts';

export const CartLine: CartLineResolvers = {
  product: ({ product }) => ({ id: product.id }),
  unitPrice: ({ unitPriceMinor, currency }) => money(unitPriceMinor, currency),
  currentPrice: ({ product }) => money(product.priceMinor, product.currency),
  priceChanged: hasNewPrice,
  available: ({ product }) => isBuyable(product),
  lineTotal: ({ unitPriceMinor, quantity, currency }) => money(unitPriceMinor * quantity, currency),
};
