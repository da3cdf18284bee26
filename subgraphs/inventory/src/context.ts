import type { RequestScope } from '@tributary/service-kit';
import type { Catalogue } from './domain/catalogue.ts';
import type { ProductListing } from './domain/product-listing.ts';
import type { StockKeeping } from './domain/stock-keeping.ts';
import type { Loaders } from './loaders/loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends RequestScope {
  catalogue: Catalogue;
  listing: ProductListing;
  stockKeeping: StockKeeping;
  loaders: Loaders;
}
