import { type Db, rowLoader, sliceLoader } from '@tributary/service-kit';
import { findBounces } from '../store/bounce-store.ts';
import { findLastDeliveries } from '../store/delivery-store.ts';
import { countUnread, findNotifications, type InboxSlice, listNotificationsOf } from '../store/notification-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export function createLoaders(db: Db) {
  return {
    notification: rowLoader(
      'notification',
      (ids) => findNotifications(db, ids),
      (notification) => notification.id,
    ),
    unreadOfUser: rowLoader(
      'unreadOfUser',
      (ids) => countUnread(db, ids),
      ({ userId }) => userId,
    ),
    bounceOfUser: rowLoader(
      'bounceOfUser',
      (ids) => findBounces(db, ids),
      ({ userId }) => userId,
    ),
    lastDelivery: rowLoader(
      'lastDelivery',
      (webhookIds) => findLastDeliveries(db, webhookIds),
      ({ webhookId }) => webhookId ?? '',
    ),
    notificationsOfUser: sliceLoader(
      'notificationsOfUser',
      (ids, slice: InboxSlice) => listNotificationsOf(db, ids, slice),
      (notification) => notification.userId,
    ),
  };
}

export type Loaders = ReturnType<typeof createLoaders>;
