import type { Db } from '@tributary/service-kit';
import { eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm';
import { products } from '../tables.ts';

export type ProductRow = typeof products.$inferSelect;

/** Takes over what inventory says of a product, unless something newer is known already. */
export async function saveProduct(db: Db, row: ProductRow): Promise<void> {
  const { id, ...columns } = getTableColumns(products);
  const excluded = Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [key, sql.raw(`excluded.${column.name}`)]),
  ) as Record<keyof typeof columns, SQL>;
  await db
    .insert(products)
    .values(row)
    .onConflictDoUpdate({ target: id, set: excluded, setWhere: lt(products.version, sql`excluded.version`) });
}

export async function findProduct(db: Db, id: string): Promise<ProductRow | undefined> {
  const [found] = await db.select().from(products).where(eq(products.id, id));
  return found;
}
