import type { NotificationKind } from '../store/notification-store.ts';
import type { Category } from '../store/preference-store.ts';

const CATEGORIES: Readonly<Record<NotificationKind, Category>> = {
  WELCOME: 'ACCOUNT',
  PASSWORD_CHANGED: 'SECURITY',
  ORDER_PLACED: 'ORDERS',
  ORDER_CONFIRMED: 'ORDERS',
  ORDER_CANCELLED: 'ORDERS',
  PAYMENT_CHALLENGED: 'ORDERS',
  RETURN_REQUESTED: 'ORDERS',
  REFUND_MADE: 'ORDERS',
  WEBHOOK_DISABLED: 'ACCOUNT',
};

/** With what a kind of notification is switched on and off. */
export const categoryOf = (kind: NotificationKind): Category => CATEGORIES[kind];
