import { describe, expect, it } from 'vitest';
import type { Fault, Outage } from './faults/fault-log.ts';
import { countMetFaults, type OrderLife } from './met-fault.ts';

const at = (second: number) => new Date(1_000_000 + second * 1000);

const order = (id: string, rest: Partial<OrderLife> = {}): OrderLife => ({
  ...{ id, customerId: 'c', key: `k${id}`, paymentIds: [`p${id}`], publishedAgain: false },
  ...{ placedAt: at(10), endedAt: at(20) },
  ...rest,
});

const kill = (...interrupted: string[]): Fault => ({
  kind: 'killed at random',
  at: at(15),
  target: 'orders-1',
  interrupted,
});

const met = (orders: OrderLife[], faults: Fault[] = [], outages: Outage[] = []) =>
  countMetFaults(orders, faults, outages);

describe('an order met a fault', () => {
  it('when a killed process was at it: by its id, its key or its payment', () => {
    const orders = [order('1'), order('2'), order('3'), order('4')];
    const faults = [kill('order:1', 'key:c/k2'), kill('payment:p3', 'key:other/k4')];
    expect(met(orders, faults)).toMatchObject({ orders: 4, interrupted: 3, met: 3 });
  });

  it('when a call to the provider about its payment was lost', () => {
    const lost: Fault = { ...kill('payment:p1'), kind: 'provider answer lost' };
    expect(met([order('1'), order('2')], [lost])).toMatchObject({ interrupted: 0, callLost: 1, met: 1 });
  });

  it('not when a connection was lost of which nobody can say whom it served', () => {
    const kinds = ['database connection lost at work', 'broker connection lost'] as const;
    const lost = kinds.map((kind): Fault => ({ kind, at: at(15), target: 'orders', interrupted: [] }));
    expect(met([order('1')], lost)).toMatchObject({ met: 0, openInAny: 0 });
  });

  it('not when a process was killed that was at something else', () => {
    expect(met([order('1')], [kill('order:2')], [{ of: 'orders-1', from: at(12), to: at(13) }])).toMatchObject({
      met: 0,
      openInAny: 1,
    });
  });

  it('when one of its events had to be published again', () => {
    expect(met([order('1', { publishedAgain: true })])).toMatchObject({ publishedAgain: 1, met: 1 });
  });

  it('when it was open while broker or database were away', () => {
    const orders = [order('1'), order('2', { placedAt: at(1), endedAt: at(2) }), order('3', { placedAt: at(40) })];
    for (const of of ['broker', 'database']) {
      expect(met(orders, [], [{ of, from: at(19), to: at(30) }])).toMatchObject({ openInOutage: 1, met: 1 });
    }
  });

  it('once, however often it did', () => {
    const outages = [{ of: 'broker', from: at(1), to: at(12) }];
    expect(met([order('1', { publishedAgain: true })], [kill('order:1')], outages)).toMatchObject({
      ...{ interrupted: 1, publishedAgain: 1, openInOutage: 1 },
      met: 1,
    });
  });
});
