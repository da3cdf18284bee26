import { money } from '@tributary/service-kit';
import { movementPage, movementSlice } from '../domain/movement-page.ts';
import { maySeeStock, shownAvailable } from '../domain/product-access.ts';
import { type ProductView, shownMovements } from '../domain/product-view.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { ProductResolvers } from '../schema.generated.ts';

const stockOf = (product: ProductView, loaders: Loaders) => product.kept?.stock ?? loaders.stock.load(product.id);

export const Product: ProductResolvers = {
  // Also one that is off sale: who has a reference has it from an order or a cart that names the product.
  __resolveReference: (reference, { loaders }) =>
    'id' in reference ? loaders.product.load(reference.id) : loaders.productBySku.load(reference.sku),
  price: ({ priceMinor, currency }) => money(priceMinor, currency),
  inStock: async (product, _args, { loaders }) => shownAvailable(product, await stockOf(product, loaders)) > 0,
  available: async (product, _args, { loaders }) => shownAvailable(product, await stockOf(product, loaders)),
  async availability(product, _args, { loaders }) {
    const quantity = shownAvailable(product, await stockOf(product, loaders));
    return { quantity, inStock: quantity > 0 };
  },
  stock: (product, _args, { loaders, identity }) => (maySeeStock(identity) ? stockOf(product, loaders) : null),
  async stockMovements(product, args, { loaders, identity }) {
    if (!maySeeStock(identity)) return null;
    const slice = shownMovements(product, movementSlice(args));
    return movementPage(args, await loaders.movements(slice).load(product.id));
  },
};
