import { CodedError, checkLimit } from '@tributary/service-kit';
import { visibleProduct } from '../domain/product-access.ts';
import type { QueryResolvers } from '../schema.generated.ts';

export const Query: QueryResolvers = {
  product: async (_parent, { id, sku }, { loaders, identity }) => {
    if ((id == null) === (sku == null)) throw new CodedError('BAD_USER_INPUT', 'product takes either id or sku.');
    const found = id == null ? loaders.productBySku.load(sku ?? '') : loaders.product.load(id);
    return visibleProduct(identity, await found);
  },
  products: (_parent, args, { listing, identity }) => listing.page(identity, args),
  async categories(_parent, { first }, { catalogue }) {
    checkLimit('first', first);
    return (await catalogue.categories()).slice(0, first);
  },
};
