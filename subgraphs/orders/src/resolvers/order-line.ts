import { money } from '@tributary/service-kit';
import type { OrderLineResolvers } from '../schema.generated.ts';

export const OrderLine: OrderLineResolvers = {
  // The sku comes along: a query that wants nothing else of the product needs no request to inventory.
  product: ({ productId, sku }) => ({ id: productId, sku }),
  unitPrice: ({ unitPriceMinor, currency }) => money(unitPriceMinor, currency),
  lineTotal: ({ unitPriceMinor, quantity, currency }) => money(unitPriceMinor * quantity, currency),
};
