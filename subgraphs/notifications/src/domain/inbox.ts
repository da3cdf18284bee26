import {
  CodedError,
  checkLimit,
  DomainError,
  decodeCursor,
  encodeCursor,
  type Identity,
  maySee,
  type ServiceKit,
} from '@tributary/service-kit';
import { type InboxSlice, markAllRead, markRead, type NotificationRow } from '../store/notification-store.ts';
import { accountOf } from './account-of.ts';
import { isId } from './is-id.ts';

/** Arguments of a connection of notifications. */
export interface InboxPageArguments {
  first: number;
  after?: string | null | undefined;
  unreadOnly: boolean;
}

export interface InboxPage {
  nodes: NotificationRow[];
  edges: { node: NotificationRow; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
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
      if (row === undefined) throw new DomainError('NotFoundError', 'There is no such notification.');
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

/** Which rows a page needs: one more than it shows tells whether there is a next one. @throws CodedError BAD_USER_INPUT */
export function inboxSlice({ first, after, unreadOnly }: InboxPageArguments): InboxSlice {
  const limit = checkLimit('first', first) + 1;
  const [lastId] = after == null ? [] : decodeCursor(after, 1);
  if (lastId !== undefined && !isId(String(lastId))) {
    throw new CodedError('BAD_USER_INPUT', 'The cursor is not one that this list gave.');
  }
  return { after: lastId?.toString(), unreadOnly, limit };
}

/** A page from the rows of its slice. */
export function inboxPage({ first }: Pick<InboxPageArguments, 'first'>, rows: readonly NotificationRow[]): InboxPage {
  const nodes = rows.slice(0, first);
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor([node.id]) }));
  return {
    nodes,
    edges,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
