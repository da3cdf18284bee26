import { type CloudEvent, type Db, type EventHandler, onEvent } from '@tributary/service-kit';
import {
  accountClosed,
  accountRegistered,
  orderCancelled,
  orderConfirmed,
  orderPlaced,
  passwordChanged,
  paymentChallenged,
  paymentRefunded,
  returnRequested,
} from '../events.ts';
import { deleteBouncesOf } from '../store/bounce-store.ts';
import { deleteNotificationsOf, type NotificationKind } from '../store/notification-store.ts';
import { deletePreferencesOf } from '../store/preference-store.ts';
import { deleteQuietHoursOf } from '../store/quiet-hours-store.ts';
import { closeRecipient } from '../store/recipient-store.ts';
import { deleteWebhooksOf } from '../store/webhook-store.ts';
import type { NotificationFacts } from '../tables.ts';
import type { Tell } from './tell.ts';

/** What notifications does about the events of other services. */
export function createEventHandlers(tell: Tell): readonly EventHandler[] {
  const tellUser =
    (kind: NotificationKind) =>
    ({ id: eventId, data: { userId } }: CloudEvent<{ userId: string }>, tx: Db) =>
      tell(tx, { eventId, userId, kind, facts: {} });

  const tellCustomer =
    <T extends { orderId: string; customerId: string }>(
      kind: NotificationKind,
      factsOf: (data: T) => NotificationFacts,
    ) =>
    ({ id: eventId, data }: CloudEvent<T>, tx: Db) =>
      tell(tx, { eventId, userId: data.customerId, kind, orderId: data.orderId, facts: factsOf(data) });

  return [
    onEvent(accountRegistered, tellUser('WELCOME')),
    onEvent(passwordChanged, tellUser('PASSWORD_CHANGED')),
    onEvent(
      orderPlaced,
      tellCustomer('ORDER_PLACED', ({ number, total }) => ({ number, amount: total })),
    ),
    onEvent(
      orderConfirmed,
      tellCustomer('ORDER_CONFIRMED', ({ number, total }) => ({ number, amount: total })),
    ),
    onEvent(
      orderCancelled,
      tellCustomer('ORDER_CANCELLED', ({ number, reason }) => ({ number, reason })),
    ),
    onEvent(
      returnRequested,
      tellCustomer('RETURN_REQUESTED', ({ number, amount }) => ({ number, amount })),
    ),
    onEvent(
      paymentChallenged,
      tellCustomer('PAYMENT_CHALLENGED', () => ({})),
    ),
    onEvent(
      paymentRefunded,
      tellCustomer('REFUND_MADE', ({ amount }) => ({ amount })),
    ),
    onEvent(accountClosed, async ({ data: { userId } }, tx) => {
      await closeRecipient(tx, userId);
      await deleteNotificationsOf(tx, userId);
      await deletePreferencesOf(tx, userId);
      await deleteQuietHoursOf(tx, userId);
      await deleteBouncesOf(tx, userId);
      await deleteWebhooksOf(tx, userId);
    }),
  ];
}
