import type { Db } from '@tributary/service-kit';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { stockMovements } from '../tables.ts';

export type MovementRow = typeof stockMovements.$inferSelect;

/** A part of each product's stock book, newest first. */
export interface MovementSlice {
  /** Only entries before the one with this number. */
  before: number | undefined;
  limit: number;
}

/** The same slice of each product's book, in one statement that reads no more rows than it gives. */
export async function listMovements(
  db: Db,
  productIds: readonly string[],
  { before, limit }: MovementSlice,
): Promise<MovementRow[]> {
  const asked = sql.join(
    productIds.map((id) => sql`(${id}::uuid)`),
    sql`, `,
  );
  const theirs = db
    .select()
    .from(stockMovements)
    .where(
      and(
        eq(stockMovements.productId, sql`asked.id`),
        before === undefined ? undefined : lt(stockMovements.seq, before),
      ),
    )
    .orderBy(desc(stockMovements.seq))
    .limit(limit)
    .as('theirs');
  const rows = await db.select().from(sql`(values ${asked}) as asked(id)`).crossJoinLateral(theirs);
  return rows.map((row) => row.theirs).sort((a, b) => b.seq - a.seq);
}
