import type { RequestScope } from '@tributary/service-kit';
import type { Items } from './domain/items.ts';
import type { Loaders } from './loaders/loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends RequestScope {
  items: Items;
  loaders: Loaders;
}
