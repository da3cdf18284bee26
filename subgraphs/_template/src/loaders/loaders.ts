import { type Db, rowLoader } from '@tributary/service-kit';
import { findItems } from '../store/item-store.ts';

/** One set per request: every entity that the request names is read in one query. */
export const createLoaders = (db: Db) => ({
  item: rowLoader(
    'item',
    (ids) => findItems(db, ids),
    (item) => item.id,
  ),
});

export type Loaders = ReturnType<typeof createLoaders>;
