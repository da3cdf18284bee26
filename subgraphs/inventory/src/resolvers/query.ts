import { CodedError, checkLimit } from '@tributary/service-kit';
import { visibleProduct } from '../domain/product-access.ts';
import type { ProductOrder, ProductSort, QueryResolvers } from '../schema.generated.ts';

/** The orders of version 2 as the first one calls them. */
const SORTS: Readonly<Record<ProductOrder, ProductSort>> = {
  RELEVANCE: 'RELEVANCE',
  NEWEST: 'NEWEST',
  NAME: 'NAME',
  CHEAPEST: 'PRICE_ASC',
  DEAREST: 'PRICE_DESC',
};

export const Query: QueryResolvers = {
  product: async (_parent, { id, sku }, { loaders, identity }) => {
    if ((id == null) === (sku == null)) throw new CodedError('BAD_USER_INPUT', 'product takes either id or sku.');
    const found = id == null ? loaders.productBySku.load(sku ?? '') : loaders.product.load(id);
    return visibleProduct(identity, await found);
  },
  products(_parent, { orderBy, ...asked }, { listing, identity }) {
    return listing.page(identity, orderBy == null ? asked : { ...asked, sort: SORTS[orderBy] });
  },
  async categories(_parent, { first }, { catalogue }) {
    checkLimit('first', first);
    return (await catalogue.categories()).slice(0, first);
  },
};
