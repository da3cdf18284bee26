import { inClientSpan, type RowCipher, recordHttpStatus, type ServiceKit } from '@tributary/service-kit';
import type { NotificationsConfig } from '../config.ts';
import { categoryOf } from '../domain/category-of.ts';
import { DeliveryFailedError, deliveryFailure } from '../domain/delivery-failed-error.ts';
import type { Send } from '../domain/delivery-worker.ts';
import { isEnabled } from '../domain/preference-rules.ts';
import { signedHeaders } from '../domain/webhook-signature.ts';
import type { NotificationRow } from '../store/notification-store.ts';
import { findPreferences } from '../store/preference-store.ts';
import { post } from './guarded-post.ts';

const GONE = 410;

/** Sends a notification to a webhook, signed as Standard Webhooks says (https://www.standardwebhooks.com). */
export function createWebhookChannel(
  { database, config }: Pick<ServiceKit<NotificationsConfig>, 'database' | 'config'>,
  cipher: RowCipher,
): Send {
  const { allowPrivateNetwork } = config.webhooks;
  return async ({ id, notification, webhook }) => {
    const wanted = await findPreferences(database.db, notification.userId);
    if (webhook === null || !isEnabled(wanted, categoryOf(notification.kind), 'WEBHOOK')) return 'SKIPPED';
    if (webhook.disabledAt !== null) return 'WEBHOOK_DISABLED';
    const secret = cipher.open(webhook.id, webhook.sealedSecret);
    if (secret === undefined) throw new DeliveryFailedError('SECRET_UNREADABLE');
    const body = JSON.stringify(messageOf(notification));
    const send = async (): Promise<void> => {
      const status = await post(new URL(webhook.url), {
        body,
        allowPrivateNetwork,
        // No trace context: who receives this is no part of the graph, and may be anybody.
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Tributary-Webhooks/1',
          ...signedHeaders(secret, id, body),
        },
      });
      recordHttpStatus(status);
      // 410 is how a receiver says that it does not want to be asked again; see `webhook-health.ts`.
      if (status < 200 || status > 299) throw new DeliveryFailedError(`HTTP_${status}`, { isFinal: status === GONE });
    };
    // Not by its address, which a user chose: it may name somebody.
    const attributes = { 'http.request.method': 'POST', 'webhook.id': webhook.id };
    await inClientSpan('POST webhook', attributes, send, (error) => deliveryFailure(error)?.replace(/^HTTP_/, ''));
    return 'SENT';
  };
}

/** Ids, numbers, amounts and codes; never an address, a name or words. */
const messageOf = ({ id, kind, orderId, facts, createdAt }: NotificationRow) => ({
  type: kind,
  timestamp: createdAt.toISOString(),
  data: { notificationId: id, ...(orderId === null ? {} : { orderId }), ...facts },
});
