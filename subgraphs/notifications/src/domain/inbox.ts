import {
  accountOf,
  type ConnectionArguments,
  type Identity,
  idSlice,
  isId,
  maySee,
  notFound,
  type ServiceKit,
} from '@tributary/service-kit';
import { type InboxSlice, markAllRead, markRead, type NotificationRow } from '../store/notification-store.ts';

/** Arguments of a connection of notifications. */
export interface InboxPageArguments extends ConnectionArguments {
  unreadOnly: boolean;
}

/** What people do with their notifications. Administrators read those of others and leave them as they are. */
export interface Inbox {
  /** @throws CodedError UNAUTHENTICATED; DomainError NotFoundError */
  markRead(identity: Identity, id: string): Promise<NotificationRow>;
  /** How many were unread. @throws CodedError UNAUTHENTICATED */
  markAllRead(identity: Identity): Promise<number>;
}

export function createInbox({ database: { db } }: Pick<ServiceKit, 'database'>): Inbox {
  return {
    async markRead(identity, id) {
      const userId = accountOf(identity);
      const row = isId(id) ? await markRead(db, userId, id, new Date()) : undefined;
      if (row === undefined) throw notFound('notification');
      return row;
    },
    markAllRead: async (identity) => markAllRead(db, accountOf(identity), new Date()),
  };
}

/** Whether somebody may look into a user's inbox: the user and administrators. */
export const maySeeInbox = (identity: Identity, userId: string): boolean =>
  identity.kind === 'user' && maySee(identity, userId);

/** The notification, for those who may see it; null for everybody else. */
export const visibleNotification = (identity: Identity, row: NotificationRow | null): NotificationRow | null =>
  row !== null && maySeeInbox(identity, row.userId) ? row : null;

/** Which rows a page needs. @throws CodedError BAD_USER_INPUT */
export const inboxSlice = (asked: InboxPageArguments): InboxSlice => ({
  ...idSlice(asked),
  unreadOnly: asked.unreadOnly,
});
