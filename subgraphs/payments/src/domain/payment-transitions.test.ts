import { describe, expect, it } from 'vitest';
import { PAYMENT_STATUSES } from '../tables.ts';
import { paymentTransitions } from './payment-transitions.ts';

const steps = Object.entries(paymentTransitions).flatMap(([trigger, byStatus]) =>
  Object.entries(byStatus).map(([from, transition]) => ({ trigger, from, ...transition })),
);

const COLLECTED = ['CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED'];

describe('the table of transitions', () => {
  it('leads to every status but the first', () => {
    const reached = new Set(steps.filter(({ from, to }) => from !== to).map(({ to }) => to));
    expect([...reached].sort()).toEqual(PAYMENT_STATUSES.filter((status) => status !== 'PENDING').sort());
  });

  it('leaves no status in which the worker has to act without a task for it', () => {
    const tasks = new Set(steps.filter(({ to }) => to === 'VOIDING').map(({ task }) => task));
    expect([...tasks]).toEqual(['VOID']);
    expect(steps.filter(({ to }) => to === 'CHALLENGED')).toMatchObject([{ task: 'EXPIRE_CHALLENGE' }]);
  });

  it('posts a capture with each way to CAPTURED, and only then', () => {
    for (const { from, to, effects } of steps) {
      expect(effects.includes('postCapture')).toBe(to === 'CAPTURED' && !COLLECTED.includes(from));
    }
  });

  it('leads away from money that was collected only by giving it back', () => {
    for (const { from, to } of steps) if (COLLECTED.includes(from)) expect(COLLECTED).toContain(to);
    const back = steps.filter(
      ({ from, to }) => from === 'REFUNDED' || (from === 'PARTIALLY_REFUNDED' && to === 'CAPTURED'),
    );
    expect(new Set(back.map(({ trigger }) => trigger))).toEqual(
      new Set(['REFUND_REVERSED_IN_PART', 'REFUND_REVERSED_IN_FULL']),
    );
  });

  it('leaves what has ended as it is, unless it was collected all the same', () => {
    for (const { from, to } of steps) {
      if (from === 'DECLINED' || from === 'VOIDED') expect([from, 'CAPTURED']).toContain(to);
    }
  });

  it('gives back what was collected for nobody', () => {
    const unwanted = steps.filter(
      ({ from, to }) => to === 'CAPTURED' && ['DECLINED', 'VOIDING', 'VOIDED'].includes(from),
    );
    expect(unwanted).toHaveLength(3);
    for (const { effects } of unwanted) expect(effects).toContain('refundRest');
  });

  it('says once that a payment is authorised, challenged, declined', () => {
    for (const { to, from, effects } of steps) {
      if (effects.includes('announceDecline')) expect(to).toBe('DECLINED');
      if (to === 'DECLINED' && from !== to) expect(effects).toContain('announceDecline');
      if (to === 'AUTHORIZED' && from !== to) expect(effects).toContain('announceAuthorization');
    }
  });
});
