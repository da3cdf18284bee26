import {
  type Identity,
  newId,
  type Page,
  pageFrom,
  paginationOf,
  plainText,
  requireUser,
  type ServiceKit,
} from '@tributary/service-kit';
import { itemAdded } from '../events.ts';
import { countItems, type ItemRow, insertItem, listItems } from '../store/item-store.ts';

const MAX_TITLE_LENGTH = 200;

/** The rules about items: who may do what, and what is refused. The only layer that decides. */
export interface Items {
  page(page: Pick<Page, 'page' | 'limit'>): Promise<{ items: ItemRow[]; pagination: ReturnType<typeof paginationOf> }>;
  /** @throws CodedError UNAUTHENTICATED; DomainError InvalidInputError */
  add(identity: Identity, input: { title: string }): Promise<ItemRow>;
}

export function createItems({ database, emit }: Pick<ServiceKit, 'database' | 'emit'>): Items {
  return {
    async page(asked) {
      const page = pageFrom(asked);
      const [items, total] = await Promise.all([listItems(database.db, page), countItems(database.db)]);
      return { items, pagination: paginationOf(page, total) };
    },
    async add(identity, input) {
      const { userId } = requireUser(identity);
      const title = plainText('title', input.title, MAX_TITLE_LENGTH);
      return database.transaction(async (tx) => {
        const item = await insertItem(tx, { id: newId(), ownerId: userId, title });
        await emit(tx, itemAdded, item.id, { itemId: item.id, ownerId: userId });
        return item;
      });
    },
  };
}
