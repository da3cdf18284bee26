import type { Db } from '@tributary/service-kit';
import { and, count, eq, gt, gte, lte, type SQL, sql } from 'drizzle-orm';
import { products, stock } from '../tables.ts';
import { type ProductRow, productColumns } from './product-store.ts';

/** Which products a list holds. */
export interface ProductSelection {
  /** Words or their beginnings, letters and digits only; undefined for no search, empty when nothing fits. */
  words: readonly string[] | undefined;
  category: string | undefined;
  price: { currency: string; minMinor: number | undefined; maxMinor: number | undefined } | undefined;
  inStock: boolean | undefined;
  active: boolean;
}

export type ProductOrder = 'RELEVANCE' | 'NEWEST' | 'NAME' | 'PRICE_ASC' | 'PRICE_DESC';

/** A part of a list. */
export interface ProductSlice {
  order: ProductOrder;
  /** The sort keys of the row after which it begins. */
  after: readonly (string | number)[] | undefined;
  limit: number;
}

export interface ListedProduct {
  product: ProductRow;
  /** Where the row stands in the order: as many values as `sortKeyTypes` names. */
  sortKeys: (string | number)[];
}

interface SortKey {
  type: 'text' | 'integer' | 'uuid';
  expression: SQL;
}

const id: SortKey = { type: 'uuid', expression: sql`${products.id}` };
const currency: SortKey = { type: 'text', expression: sql`${products.currency}` };
const price: SortKey = { type: 'integer', expression: sql`${products.priceMinor}` };
/** The same order on every database, whatever its collation. */
const name: SortKey = { type: 'text', expression: sql`${products.nameFolded} collate "C"` };

/** What each order sorts by, all ascending or all descending, the id at the end, so that it is total. */
const orders: Record<ProductOrder, { descending: boolean; keys: (words: readonly string[]) => SortKey[] }> = {
  RELEVANCE: { descending: true, keys: (words) => [{ type: 'integer', expression: relevance(words) }, id] },
  NEWEST: { descending: true, keys: () => [id] },
  NAME: { descending: false, keys: () => [name, id] },
  PRICE_ASC: { descending: false, keys: () => [currency, price, id] },
  PRICE_DESC: { descending: true, keys: () => [currency, price, id] },
};

/** The types of an order's sort keys, for checking a cursor. */
export const sortKeyTypes = (order: ProductOrder): SortKey['type'][] => orders[order].keys([]).map(({ type }) => type);

export async function listProducts(
  db: Db,
  selection: ProductSelection,
  { order, after, limit }: ProductSlice,
): Promise<ListedProduct[]> {
  const { descending, keys: keysOf } = orders[order];
  const keys = keysOf(selection.words ?? []);
  const row = sql`(${list(keys.map(({ expression }) => expression))})`;
  const bound = after && sql`(${list(keys.map(({ type }, at) => sql`${after[at]}::${sql.raw(type)}`))})`;
  const direction = sql.raw(descending ? 'desc' : 'asc');
  return db
    .select({ product: productColumns, sortKeys: sql<(string | number)[]>`jsonb_build_array${row}` })
    .from(products)
    .innerJoin(stock, eq(stock.productId, products.id))
    .where(and(...conditions(selection), bound && sql`${row} ${sql.raw(descending ? '<' : '>')} ${bound}`))
    .orderBy(...keys.map(({ expression }) => sql`${expression} ${direction}`))
    .limit(limit);
}

export async function countProducts(db: Db, selection: ProductSelection): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(products)
    .innerJoin(stock, eq(stock.productId, products.id))
    .where(and(...conditions(selection)));
  return row?.total ?? 0;
}

function conditions({ words, category, price: range, inStock, active }: ProductSelection): (SQL | undefined)[] {
  return [
    eq(products.active, active),
    words && sql`${products.searchText} @@ (${query(words)})`,
    category === undefined ? undefined : eq(products.category, category),
    range && eq(products.currency, range.currency),
    range?.minMinor === undefined ? undefined : gte(products.priceMinor, range.minMinor),
    range?.maxMinor === undefined ? undefined : lte(products.priceMinor, range.maxMinor),
    inStock === undefined ? undefined : inStock ? gt(stock.available, 0) : eq(stock.available, 0),
  ];
}

/** All words, each as the beginning of a stem or of a word as it is written. Without any, it fits nothing. */
const query = (words: readonly string[]): SQL =>
  words.length === 0
    ? sql`''::tsquery`
    : sql.join(
        words.map((word) => sql`(to_tsquery('english', ${`${word}:*`}) || to_tsquery('simple', ${`${word}:*`}))`),
        sql` && `,
      );

/** In millionths: whole numbers survive a cursor unchanged. */
const relevance = (words: readonly string[]): SQL =>
  sql`(ts_rank(${products.searchText}, ${query(words)}) * 1000000)::integer`;

const list = (parts: readonly SQL[]): SQL => sql.join([...parts], sql`, `);
