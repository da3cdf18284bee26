import { money } from '@tributary/service-kit';
import { movementPage, movementSlice } from '../domain/movement-page.ts';
import { maySeeStock, shownAvailable } from '../domain/product-access.ts';
import type { ProductResolvers } from '../schema.generated.ts';

export const Product: ProductResolvers = {
  // Also one that is off sale: who has a reference has it from an order or a cart that names the product.
  __resolveReference: (reference, { loaders }) =>
    'id' in reference ? loaders.product.load(reference.id) : loaders.productBySku.load(reference.sku),
  price: ({ priceMinor, currency }) => money(priceMinor, currency),
  inStock: async (product, _args, { loaders }) => shownAvailable(product, await loaders.stock.load(product.id)) > 0,
  available: async (product, _args, { loaders }) => shownAvailable(product, await loaders.stock.load(product.id)),
  stock: ({ id }, _args, { loaders, identity }) => (maySeeStock(identity) ? loaders.stock.load(id) : null),
  stockMovements: async ({ id }, args, { loaders, identity }) =>
    maySeeStock(identity) ? movementPage(args, await loaders.movements(movementSlice(args)).load(id)) : null,
};
