import { afterCommit, currentTraceparent, type Db, newId, type ServiceKit } from '@tributary/service-kit';
import { notificationCreated } from '../events.ts';
import { insertDeliveries } from '../store/delivery-store.ts';
import { insertNotification, type NotificationKind } from '../store/notification-store.ts';
import { findPreferences } from '../store/preference-store.ts';
import { lockOpenRecipient } from '../store/recipient-store.ts';
import { findWebhooksFor } from '../store/webhook-store.ts';
import type { NotificationFacts } from '../tables.ts';
import { categoryOf } from './category-of.ts';
import { isEnabled } from './preference-rules.ts';

export interface News {
  eventId: string;
  userId: string;
  kind: NotificationKind;
  orderId?: string;
  facts: NotificationFacts;
}

/**
 * Makes a notification of an event, once, and puts what leaves the house on its way. Whether e-mail and webhooks are
 * wanted is asked when their turn comes, so that somebody who has just unsubscribed gets nothing more.
 */
export type Tell = (tx: Db, news: News) => Promise<void>;

export function createTell({ metrics, emit }: Pick<ServiceKit, 'metrics' | 'emit'>): Tell {
  const sent = metrics.counter('notifications_total', { channel: 'inbox', outcome: 'sent' });
  const skipped = metrics.counter('notifications_total', { channel: 'inbox', outcome: 'skipped' });
  return async (tx, news) => {
    if (!(await lockOpenRecipient(tx, news.userId))) return;
    const id = newId();
    const inInbox = isEnabled(await findPreferences(tx, news.userId), categoryOf(news.kind), 'INBOX');
    if (!(await insertNotification(tx, { ...news, id, inInbox }))) return;
    const webhooks = await findWebhooksFor(tx, news.userId, news.kind);
    const outgoing = [
      { channel: 'EMAIL' as const, webhookId: null },
      ...webhooks.map((webhook) => ({ channel: 'WEBHOOK' as const, webhookId: webhook.id })),
    ];
    const traceparent = currentTraceparent() ?? null;
    const pending = { notificationId: id, state: 'PENDING' as const, dueAt: new Date(), traceparent };
    await insertDeliveries(
      tx,
      outgoing.map((way) => ({ ...way, ...pending, id: newId() })),
    );
    if (inInbox) await emit(tx, notificationCreated, news.userId, { notificationId: id, userId: news.userId });
    afterCommit(() => (inInbox ? sent : skipped).inc());
  };
}
