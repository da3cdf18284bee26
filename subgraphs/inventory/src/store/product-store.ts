import type { Db } from '@tributary/service-kit';
import { and, asc, count, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { products, stock } from '../tables.ts';

const { nameFolded: _nameFolded, searchText: _searchText, ...columns } = getTableColumns(products);

/** What is read of a product: everything but what only the database uses. */
export const productColumns = columns;
export type ProductRow = Omit<typeof products.$inferSelect, 'nameFolded' | 'searchText'>;
export type NewProduct = Omit<ProductRow, 'version' | 'createdAt' | 'updatedAt'>;
export type ProductChange = Partial<Omit<NewProduct, 'id' | 'sku'>>;

/** Adds a product and its empty stock; undefined when its id or sku is taken. */
export async function insertProduct(tx: Db, row: NewProduct): Promise<ProductRow | undefined> {
  const [inserted] = await tx.insert(products).values(row).onConflictDoNothing().returning(productColumns);
  if (inserted !== undefined) await tx.insert(stock).values({ productId: inserted.id });
  return inserted;
}

/** Changes a product that still has the version (compare and set); undefined when it has not, or is not there. */
export async function changeProduct(
  tx: Db,
  { id, version }: Pick<ProductRow, 'id' | 'version'>,
  change: ProductChange,
): Promise<ProductRow | undefined> {
  const [changed] = await tx
    .update(products)
    .set({ ...change, version: sql`${products.version} + 1`, updatedAt: new Date() })
    .where(and(eq(products.id, id), eq(products.version, version)))
    .returning(productColumns);
  return changed;
}

export const findProducts = (db: Db, ids: readonly string[]): Promise<ProductRow[]> =>
  db
    .select(productColumns)
    .from(products)
    .where(inArray(products.id, [...ids]));

export const findProductsBySku = (db: Db, skus: readonly string[]): Promise<ProductRow[]> =>
  db
    .select(productColumns)
    .from(products)
    .where(inArray(products.sku, [...skus]));

export async function findProduct(db: Db, id: string): Promise<ProductRow | undefined> {
  return (await findProducts(db, [id]))[0];
}

/** The categories of active products, by name. */
export const listCategories = (db: Db, limit: number): Promise<{ name: string; productCount: number }[]> =>
  db
    .select({ name: products.category, productCount: count() })
    .from(products)
    .where(eq(products.active, true))
    .groupBy(products.category)
    .orderBy(asc(sql`${products.category} collate "C"`))
    .limit(limit);
