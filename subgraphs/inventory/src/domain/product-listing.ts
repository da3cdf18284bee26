import {
  CodedError,
  type Connection,
  type ConnectionArguments,
  checkLimit,
  connectionOf,
  encodeCursor,
  type Identity,
  isPlainText,
  requireAdmin,
  type ServiceKit,
} from '@tributary/service-kit';
import { countProducts, listProducts, type ProductOrder, type ProductSelection } from '../store/product-list-store.ts';
import type { ProductRow } from '../store/product-store.ts';
import { positionFrom } from './product-cursor.ts';
import { MAX_CATEGORY_LENGTH } from './product-input.ts';
import { searchWords } from './search-words.ts';

type Optional<T> = T | null | undefined;

/** Arguments of the list of products. */
export interface ProductListArguments extends ConnectionArguments {
  search?: Optional<string>;
  filter: {
    category?: Optional<string>;
    price?: Optional<{ currency: string; minMinor?: Optional<number>; maxMinor?: Optional<number> }>;
    inStock?: Optional<boolean>;
    /** Default: true. */
    active?: Optional<boolean>;
  };
  sort?: Optional<ProductOrder>;
}

export interface ProductPage extends Connection<ProductRow> {
  /** How many products there are on all pages. */
  count(): Promise<number>;
}

/** Finding products. */
export interface ProductListing {
  /** @throws CodedError BAD_USER_INPUT; UNAUTHENTICATED, FORBIDDEN when others than administrators ask for inactive ones */
  page(identity: Identity, asked: ProductListArguments): Promise<ProductPage>;
}

export const createProductListing = ({ database }: Pick<ServiceKit, 'database'>): ProductListing => ({
  async page(identity, asked) {
    const { db } = database;
    const limit = checkLimit('first', asked.first) + 1;
    const selection = selectionFrom(asked);
    if (!selection.active) requireAdmin(identity);
    const order = orderFrom(asked.sort, selection);
    const after = asked.after == null ? undefined : positionFrom(asked.after, order);
    const rows = await listProducts(db, selection, { order, after, limit });
    const edges = rows.map(({ product, sortKeys }) => ({ node: product, cursor: encodeCursor([order, ...sortKeys]) }));
    return { ...connectionOf(asked, edges), count: () => countProducts(db, selection) };
  },
});

function orderFrom(sort: ProductListArguments['sort'], { words }: ProductSelection): ProductOrder {
  if (sort === 'RELEVANCE' && words === undefined) {
    throw new CodedError('BAD_USER_INPUT', 'RELEVANCE needs a search.');
  }
  return sort ?? (words === undefined ? 'NEWEST' : 'RELEVANCE');
}

function selectionFrom({ search, filter }: ProductListArguments): ProductSelection {
  const category = filter.category ?? undefined;
  if (category !== undefined && !isPlainText(category, MAX_CATEGORY_LENGTH)) {
    throw new CodedError('BAD_USER_INPUT', `filter.category takes at most ${MAX_CATEGORY_LENGTH} characters.`);
  }
  return {
    words: searchWords(search),
    category,
    price: priceRange(filter.price),
    inStock: filter.inStock ?? undefined,
    active: filter.active ?? true,
  };
}

function priceRange(price: ProductListArguments['filter']['price']): ProductSelection['price'] {
  if (price == null) return undefined;
  const { currency, minMinor, maxMinor } = price;
  if ((minMinor ?? 0) < 0 || (maxMinor ?? Infinity) < (minMinor ?? 0)) {
    throw new CodedError('BAD_USER_INPUT', 'filter.price takes a range from 0 up, with its lower end first.');
  }
  return { currency, minMinor: minMinor ?? undefined, maxMinor: maxMinor ?? undefined };
}
