import type { TimelineRow } from '../store/timeline-store.ts';

const WORDS: Record<TimelineRow['cause'], string> = {
  ORDER_PLACED: 'We have received your order.',
  STOCK_RESERVED: 'Your articles are set aside.',
  STOCK_REJECTED: 'The order was cancelled: not all articles are in stock.',
  RESERVATION_EXPIRED: 'The order was cancelled: the time for which your articles were set aside has run out.',
  PAYMENT_AUTHORIZED: 'Your payment is authorised and the order is confirmed.',
  PAYMENT_DECLINED: 'The order was cancelled: the payment was not possible.',
  PAYMENT_CHALLENGED: 'Your bank asks you to confirm the payment.',
  PAYMENT_CAPTURED: 'Your payment has been received.',
  PAYMENT_REFUNDED_IN_PART: 'A part of the amount was paid back to you.',
  PAYMENT_REFUNDED_IN_FULL: 'The whole amount was paid back to you.',
  CUSTOMER_CANCELLED: 'You have cancelled the order.',
  ADMIN_CANCELLED: 'We have cancelled the order.',
  RETURN_REQUESTED: 'Your return is registered; the refund follows.',
  TIMED_OUT: 'The order was cancelled: it could not be completed in time.',
};

/** What arrived only after an order was cancelled reads differently. */
const WORDS_AFTER_CANCELLATION: Partial<typeof WORDS> = {
  STOCK_RESERVED: 'Articles that were set aside too late are given back.',
  PAYMENT_AUTHORIZED: 'An authorisation that came too late is given up; you are not charged.',
  PAYMENT_CAPTURED: 'A payment that came too late will be paid back to you.',
};

/** What happened at a step of an order, for its customer. */
export const timelineWords = ({ status, cause }: Pick<TimelineRow, 'status' | 'cause'>): string =>
  (status === 'CANCELLED' ? WORDS_AFTER_CANCELLATION[cause] : undefined) ?? WORDS[cause];
