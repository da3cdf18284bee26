import type { Db } from '@tributary/service-kit';
import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import { deliveries, notifications, quietHours, webhooks } from '../tables.ts';
import type { NotificationRow } from './notification-store.ts';
import type { QuietHoursRow } from './quiet-hours-store.ts';
import type { WebhookRow } from './webhook-store.ts';

export type DeliveryRow = typeof deliveries.$inferSelect;
export type DeliveryChannel = DeliveryRow['channel'];

/** A delivery whose turn has come, with what it delivers and, for a webhook, where to. */
export interface DueDelivery {
  id: string;
  /** Counts the attempt that this is. */
  attempts: number;
  /** When the lease ends. */
  dueAt: Date;
  failure: string | null;
  traceparent: string | null;
  notification: NotificationRow;
  webhook: WebhookRow | null;
  quietHours: QuietHoursRow | null;
}

/** Settled, or due again; with fewer attempts when this was none. */
export type AttemptOutcome = Pick<DeliveryRow, 'failure'> &
  (Pick<DeliveryRow, 'state' | 'settledAt'> | (Pick<DeliveryRow, 'dueAt'> & { attempts?: number }));

export async function insertDeliveries(tx: Db, rows: (typeof deliveries.$inferInsert)[]): Promise<void> {
  await tx.insert(deliveries).values(rows);
}

/** Takes up to `limit` deliveries that are due; until `leaseMs` are over no other worker takes them. */
export async function leaseDeliveries(
  db: Db,
  channel: DeliveryChannel,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<DueDelivery[]> {
  const now = Date.now();
  const due = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.state, 'PENDING'), eq(deliveries.channel, channel), lte(deliveries.dueAt, new Date(now))))
    .orderBy(asc(deliveries.dueAt))
    .limit(limit)
    .for('update', { skipLocked: true });
  const leased = await db
    .update(deliveries)
    .set({ dueAt: new Date(now + leaseMs), attempts: sql`${deliveries.attempts} + 1` })
    .where(inArray(deliveries.id, due))
    .returning({
      id: deliveries.id,
      attempts: deliveries.attempts,
      dueAt: deliveries.dueAt,
      failure: deliveries.failure,
      traceparent: deliveries.traceparent,
    });
  if (leased.length === 0) return [];
  // The lease itself is what the update gave: read once more it could be another worker's.
  const leases = new Map(leased.map((lease) => [lease.id, lease]));
  const rows = await db
    .select({ id: deliveries.id, notification: notifications, webhook: webhooks, quietHours })
    .from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .leftJoin(webhooks, eq(webhooks.id, deliveries.webhookId))
    .leftJoin(quietHours, eq(quietHours.userId, notifications.userId))
    .where(inArray(deliveries.id, [...leases.keys()]));
  return rows.flatMap((row) => {
    const lease = leases.get(row.id);
    return lease === undefined ? [] : [{ ...row, ...lease }];
  });
}

/** Writes what an attempt came to; false when its lease ran out and the next attempt has begun. */
export async function recordAttempt(
  db: Db,
  { id, attempts, dueAt }: Pick<DueDelivery, 'id' | 'attempts' | 'dueAt'>,
  outcome: AttemptOutcome,
): Promise<boolean> {
  // By both: an attempt that was none takes its number back.
  const isLeased = and(eq(deliveries.id, id), eq(deliveries.attempts, attempts), eq(deliveries.dueAt, dueAt));
  const recorded = await db.update(deliveries).set(outcome).where(isLeased).returning({ id: deliveries.id });
  return recorded.length > 0;
}

/** Notes the address that an e-mail goes to, before it does. */
export async function saveAddressHash(db: Db, id: string, addressHash: string): Promise<void> {
  await db.update(deliveries).set({ addressHash }).where(eq(deliveries.id, id));
}

/** An e-mail, by whom it is for; undefined when there is none, or it was not sent yet. */
export async function findSentEmail(
  tx: Db,
  id: string,
): Promise<{ userId: string; addressHash: string | null } | undefined> {
  const [row] = await tx
    .select({ userId: notifications.userId, addressHash: deliveries.addressHash })
    .from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(and(eq(deliveries.id, id), isSentEmail));
  return row;
}

/** Makes a failed one of an e-mail that was sent; false when that was done before. */
export async function saveReturned(tx: Db, id: string, failure: string): Promise<boolean> {
  const returned = await tx
    .update(deliveries)
    .set({ state: 'FAILED', failure })
    .where(and(eq(deliveries.id, id), isSentEmail))
    .returning({ id: deliveries.id });
  return returned.length > 0;
}

const isSentEmail = and(eq(deliveries.channel, 'EMAIL'), eq(deliveries.state, 'SENT'));

/** Each webhook's newest delivery. */
export const findLastDeliveries = (db: Db, webhookIds: readonly string[]): Promise<DeliveryRow[]> =>
  db
    .selectDistinctOn([deliveries.webhookId])
    .from(deliveries)
    .where(inArray(deliveries.webhookId, [...webhookIds]))
    .orderBy(deliveries.webhookId, desc(deliveries.id));
