import { CURRENCIES, money } from '@tributary/service-kit';
import { subtotalOf } from '../domain/cart-limits.ts';
import type { CartResolvers } from '../schema.generated.ts';

export const Cart: CartResolvers = {
  subtotal: ({ lines }) => money(subtotalOf(lines), lines[0]?.currency ?? CURRENCIES[0]),
  itemCount: ({ lines }) => lines.reduce((sum, { quantity }) => sum + quantity, 0),
};
