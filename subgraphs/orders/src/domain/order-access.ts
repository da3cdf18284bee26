import { type Identity, isAdmin, maySee, notFound } from '@tributary/service-kit';
import type { OrderRow } from '../store/order-store.ts';
import type { TimelineRow } from '../store/timeline-store.ts';
import type { StoredAddress } from '../tables.ts';

/** The order, for those who may see it: its customer, administrators, other services; null for everybody else. */
export const visibleOrder = (identity: Identity, order: OrderRow | null | undefined): OrderRow | null =>
  order != null && maySee(identity, order.customerId) ? order : null;

/** Whether somebody may see a customer's list of orders, and their cart. */
export const maySeeShopping = (identity: Identity, customerId: string): boolean => maySee(identity, customerId);

/** The order, for those who may change it. @throws DomainError NotFoundError, also for somebody else's order */
export function changeableOrder(identity: Identity, order: OrderRow | undefined): OrderRow {
  if (order === undefined || !isPersonAllowed(identity, order.customerId)) throw notFound('order');
  return order;
}

/** Where the order is sent: for people, not for services. */
export const visibleAddress = (identity: Identity, order: OrderRow): StoredAddress | null =>
  isPersonAllowed(identity, order.customerId) ? order.shippingAddress : null;

/** What was written by hand. */
export const visibleNote = (identity: Identity, entry: Pick<TimelineRow, 'note'> & { customerId: string }) =>
  isPersonAllowed(identity, entry.customerId) ? entry.note : null;

export const visibleEventId = (identity: Identity, entry: Pick<TimelineRow, 'eventId'>): string | null =>
  isAdmin(identity) ? entry.eventId : null;

const isPersonAllowed = (identity: Identity, ownerId: string) => identity.kind === 'user' && maySee(identity, ownerId);
