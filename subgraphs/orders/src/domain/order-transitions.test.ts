import { describe, expect, it } from 'vitest';
import { ORDER_STATUSES, ORDER_TRIGGERS } from '../tables.ts';
import { isCancellable, orderTransitions } from './order-transitions.ts';

// Where each thing that can happen leads, from each status in the order of ORDER_STATUSES; `-` is refused.
// PLACED, RESERVED, CONFIRMED, PAID, CANCELLED, RETURN_REQUESTED, REFUNDED
const EXPECTED = `
STOCK_RESERVED            RESERVED   -          -          -                 CANCELLED  -         -
STOCK_REJECTED            CANCELLED  -          -          -                 -          -         -
RESERVATION_EXPIRED       CANCELLED  CANCELLED  CANCELLED  CANCELLED         -          CANCELLED -
PAYMENT_AUTHORIZED        -          CONFIRMED  -          -                 CANCELLED  -         -
PAYMENT_DECLINED          -          CANCELLED  CANCELLED  CANCELLED         -          CANCELLED CANCELLED
PAYMENT_CHALLENGED        -          RESERVED   -          -                 -          -         -
PAYMENT_CAPTURED          -          PAID       PAID       -                 CANCELLED  -         -
PAYMENT_REFUNDED_IN_PART  -          PAID       PAID       PAID              CANCELLED  PAID      REFUNDED
PAYMENT_REFUNDED_IN_FULL  -          REFUNDED   REFUNDED   REFUNDED          CANCELLED  REFUNDED  -
CUSTOMER_CANCELLED        CANCELLED  CANCELLED  CANCELLED  -                 -          -         -
ADMIN_CANCELLED           CANCELLED  CANCELLED  CANCELLED  -                 -          -         -
RETURN_REQUESTED          -          -          -          RETURN_REQUESTED  -          -         -
TIMED_OUT                 CANCELLED  CANCELLED  -          -                 -          -         -
`;

describe('the table of transitions', () => {
  const rows = EXPECTED.trim()
    .split('\n')
    .map((line) => line.split(/ +/));

  it('names everything that can happen', () => {
    expect(rows.map(([trigger]) => trigger)).toEqual([...ORDER_TRIGGERS]);
  });

  it.each(rows)('allows and refuses %s as agreed', (trigger, ...targets) => {
    const row = orderTransitions[trigger as (typeof ORDER_TRIGGERS)[number]];
    expect(ORDER_STATUSES.map((status) => row[status]?.to ?? '-')).toEqual(targets);
  });

  it.each(ORDER_TRIGGERS)('on %s gives back what a cancelled order held, and says why it ended', (trigger) => {
    for (const [from, { to, effects, reason }] of Object.entries(orderTransitions[trigger])) {
      if (to !== 'CANCELLED' || from === 'CANCELLED') continue;
      expect(reason).toBeDefined();
      expect(effects.at(-1)).toBe('announceCancellation');
      const stockIsGoneAlready = trigger === 'STOCK_REJECTED' || trigger === 'RESERVATION_EXPIRED';
      expect(effects.includes('releaseReservation')).toBe(!stockIsGoneAlready);
      if (from !== 'PLACED' && trigger !== 'PAYMENT_DECLINED') expect(effects).toContain('voidPayment');
    }
  });

  it.each(ORDER_TRIGGERS)(
    'on %s takes the stock of an order whose payment is certain, and confirms it once',
    (trigger) => {
      for (const [from, { to, effects }] of Object.entries(orderTransitions[trigger])) {
        const isConfirmed = from === 'RESERVED' && !['RESERVED', 'CANCELLED'].includes(to);
        for (const effect of ['confirmReservation', 'announceConfirmation'] as const) {
          expect(effects.filter((each) => each === effect)).toHaveLength(isConfirmed ? 1 : 0);
        }
      }
    },
  );

  it('takes back what reaches a cancelled order', () => {
    expect(orderTransitions.STOCK_RESERVED.CANCELLED?.effects).toEqual(['releaseReservation']);
    expect(orderTransitions.PAYMENT_AUTHORIZED.CANCELLED?.effects).toEqual(['voidPayment']);
    expect(orderTransitions.PAYMENT_CAPTURED.CANCELLED?.effects).toEqual(['voidPayment']);
  });

  it('lets an order be cancelled until it is paid', () => {
    expect(ORDER_STATUSES.filter(isCancellable)).toEqual(['PLACED', 'RESERVED', 'CONFIRMED']);
  });
});
