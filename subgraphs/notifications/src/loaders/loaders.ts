import { type Db, listLoader, rowLoader } from '@tributary/service-kit';
import type DataLoader from 'dataloader';
import { isId } from '../domain/is-id.ts';
import { findLastDeliveries } from '../store/delivery-store.ts';
import {
  countUnread,
  findNotifications,
  type InboxSlice,
  listNotificationsOf,
  type NotificationRow,
} from '../store/notification-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export function createLoaders(db: Db) {
  const notificationsOfUser = new Map<string, DataLoader<string, NotificationRow[]>>();
  return {
    notification: rowLoader(
      (ids) => whereIds(ids, (valid) => findNotifications(db, valid)),
      (notification) => notification.id,
    ),
    unreadOfUser: rowLoader(
      (ids) => whereIds(ids, (valid) => countUnread(db, valid)),
      ({ userId }) => userId,
    ),
    lastDelivery: rowLoader(
      (webhookIds) => findLastDeliveries(db, webhookIds),
      ({ webhookId }) => webhookId ?? '',
    ),
    /** The loader of one slice of users' inboxes: each field with other arguments is another query. */
    notificationsOfUser(slice: InboxSlice): DataLoader<string, NotificationRow[]> {
      const key = JSON.stringify(slice);
      const loader =
        notificationsOfUser.get(key) ??
        listLoader(
          (ids) => whereIds(ids, (valid) => listNotificationsOf(db, valid, slice)),
          (notification) => notification.userId,
        );
      notificationsOfUser.set(key, loader);
      return loader;
    },
  };
}

/** What is no id belongs to nothing, and must not reach the database. */
async function whereIds<Row>(ids: readonly string[], find: (valid: string[]) => Promise<Row[]>): Promise<Row[]> {
  const valid = ids.filter(isId);
  return valid.length === 0 ? [] : find(valid);
}

export type Loaders = ReturnType<typeof createLoaders>;
