import type { Db } from '@tributary/service-kit';
import { and, asc, desc, eq, inArray, isNull, lt, ne, type SQL, sql } from 'drizzle-orm';
import { orderLines, orders } from '../tables.ts';

export type OrderRow = typeof orders.$inferSelect;
export type OrderStatus = OrderRow['status'];
export type OrderLineRow = typeof orderLines.$inferSelect;

/** A part of a list of orders, newest first. UUIDv7 ids make that order total. */
export interface OrderSlice {
  /** Only orders that come after the one with this id. */
  after: string | undefined;
  status: OrderStatus | undefined;
  limit: number;
}

export const findOrders = (db: Db, ids: readonly string[]): Promise<OrderRow[]> =>
  db
    .select()
    .from(orders)
    .where(inArray(orders.id, [...ids]));

export async function findOrder(db: Db, id: string): Promise<OrderRow | undefined> {
  return (await findOrders(db, [id]))[0];
}

export async function findOrderByKey(db: Db, customerId: string, key: string): Promise<OrderRow | undefined> {
  const [found] = await db
    .select()
    .from(orders)
    .where(and(eq(orders.customerId, customerId), eq(orders.idempotencyKey, key)));
  return found;
}

/** The order, held until the transaction ends. */
export async function lockOrder(tx: Db, id: string): Promise<OrderRow | undefined> {
  const [found] = await tx.select().from(orders).where(eq(orders.id, id)).for('update');
  return found;
}

const inSlice = ({ after, status }: OrderSlice): (SQL | undefined)[] => [
  after === undefined ? undefined : lt(orders.id, after),
  status === undefined ? undefined : eq(orders.status, status),
];

export const listOrders = (db: Db, slice: OrderSlice): Promise<OrderRow[]> =>
  db
    .select()
    .from(orders)
    .where(and(...inSlice(slice)))
    .orderBy(desc(orders.id))
    .limit(slice.limit);

/** The same slice of each customer's orders, in one statement that reads no more rows than it gives. */
export async function listOrdersOfCustomers(
  db: Db,
  customerIds: readonly string[],
  slice: OrderSlice,
): Promise<OrderRow[]> {
  const customers = sql.join(
    customerIds.map((id) => sql`(${id}::uuid)`),
    sql`, `,
  );
  const theirs = db
    .select()
    .from(orders)
    .where(and(sql`${orders.customerId} = customer.id`, ...inSlice(slice)))
    .orderBy(desc(orders.id))
    .limit(slice.limit)
    .as('theirs');
  const rows = await db.select().from(sql`(values ${customers}) as customer(id)`).crossJoinLateral(theirs);
  return rows.map((row) => row.theirs).sort((a, b) => (a.id < b.id ? 1 : -1));
}

export const listOrderLines = (db: Db, orderIds: readonly string[]): Promise<OrderLineRow[]> =>
  db
    .select()
    .from(orderLines)
    .where(inArray(orderLines.orderId, [...orderIds]))
    .orderBy(asc(orderLines.orderId), asc(orderLines.position));

/** Writes a new order; its number is the year and the next one of the sequence, `T-2026-000123`. */
export async function insertOrder(
  tx: Db,
  row: Omit<typeof orders.$inferInsert, 'number'>,
  lines: readonly Omit<OrderLineRow, 'orderId' | 'position'>[],
): Promise<OrderRow> {
  const prefix = `T-${row.placedAt.getUTCFullYear()}-`;
  // At least six digits, and more when there are more: `lpad` would cut them off.
  const number = sql`${prefix}::text || to_char(nextval('orders.order_numbers'), 'FM999999000000')`;
  const [inserted] = await tx
    .insert(orders)
    .values({ ...row, number })
    .returning();
  if (inserted === undefined) throw new Error('the insert returned no row');
  await tx.insert(orderLines).values(lines.map((line, position) => ({ ...line, orderId: inserted.id, position })));
  return inserted;
}

/** Changes an order that is still as it was read (compare and set); undefined when somebody else was faster. */
export async function changeOrder(
  tx: Db,
  read: Pick<OrderRow, 'id' | 'version'>,
  change: Pick<OrderRow, 'status' | 'updatedAt' | 'paidAt'>,
): Promise<OrderRow | undefined> {
  const [changed] = await tx
    .update(orders)
    .set({ ...change, version: read.version + 1 })
    .where(and(eq(orders.id, read.id), eq(orders.version, read.version)))
    .returning();
  return changed;
}

/** Keeps the order's present version as `placeOrder`'s answer (compare and set); undefined when there is one already. */
export async function setAnswer(db: Db, id: string): Promise<OrderRow | undefined> {
  const [answered] = await db
    .update(orders)
    .set({ answeredVersion: sql`${orders.version}` })
    .where(and(eq(orders.id, id), isNull(orders.answeredVersion)))
    .returning();
  return answered;
}

/** Which of these orders have left PLACED. */
export async function listMovedOrders(db: Db, ids: readonly string[]): Promise<string[]> {
  const moved = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(inArray(orders.id, [...ids]), ne(orders.status, 'PLACED')));
  return moved.map(({ id }) => id);
}

/**
 * The order in one of these statuses that has waited longest for its next step, since before `since`, held until the
 * transaction ends; what another instance holds is left to it.
 */
export async function lockIdleOrder(
  tx: Db,
  statuses: readonly OrderStatus[],
  since: Date,
): Promise<OrderRow | undefined> {
  const [found] = await tx
    .select()
    .from(orders)
    .where(and(inArray(orders.status, [...statuses]), lt(orders.updatedAt, since)))
    .orderBy(asc(orders.updatedAt))
    .limit(1)
    .for('update', { skipLocked: true });
  return found;
}

/** Erases where a customer's orders were sent, and the hashes that were made with it. */
export async function eraseAddresses(tx: Db, customerId: string): Promise<void> {
  await tx.update(orders).set({ shippingAddress: null, requestHash: null }).where(eq(orders.customerId, customerId));
}
