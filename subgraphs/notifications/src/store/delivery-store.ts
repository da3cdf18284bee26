import type { Db } from '@tributary/service-kit';
import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import { deliveries, notifications, webhooks } from '../tables.ts';
import type { NotificationRow } from './notification-store.ts';
import type { WebhookRow } from './webhook-store.ts';

export type DeliveryRow = typeof deliveries.$inferSelect;
export type DeliveryChannel = DeliveryRow['channel'];

/** A delivery whose turn has come, with what it delivers and, for a webhook, where to. */
export interface DueDelivery {
  id: string;
  /** Counts the attempt that this is. */
  attempts: number;
  notification: NotificationRow;
  webhook: WebhookRow | null;
}

/** Settled, or due again. */
export type AttemptOutcome = Pick<DeliveryRow, 'failure'> &
  (Pick<DeliveryRow, 'state' | 'settledAt'> | Pick<DeliveryRow, 'dueAt'>);

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
    .returning({ id: deliveries.id });
  if (leased.length === 0) return [];
  return db
    .select({
      id: deliveries.id,
      attempts: deliveries.attempts,
      notification: notifications,
      webhook: webhooks,
    })
    .from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .leftJoin(webhooks, eq(webhooks.id, deliveries.webhookId))
    .where(
      inArray(
        deliveries.id,
        leased.map(({ id }) => id),
      ),
    );
}

/** Writes what an attempt came to, unless its lease ran out and the next attempt has begun. */
export async function recordAttempt(
  db: Db,
  { id, attempts }: Pick<DueDelivery, 'id' | 'attempts'>,
  outcome: AttemptOutcome,
): Promise<void> {
  await db
    .update(deliveries)
    .set(outcome)
    .where(and(eq(deliveries.id, id), eq(deliveries.attempts, attempts)));
}

/** Each webhook's newest delivery. */
export const findLastDeliveries = (db: Db, webhookIds: readonly string[]): Promise<DeliveryRow[]> =>
  db
    .selectDistinctOn([deliveries.webhookId])
    .from(deliveries)
    .where(inArray(deliveries.webhookId, [...webhookIds]))
    .orderBy(deliveries.webhookId, desc(deliveries.id));
