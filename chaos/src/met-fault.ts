import type { Fault, Outage } from './faults/fault-log.ts';

/** What is known of an order's life. */
export interface OrderLife {
  id: string;
  customerId: string;
  key: string;
  paymentIds: readonly string[];
  placedAt: Date;
  /** When it was first paid or cancelled. */
  endedAt: Date;
  /** The relay published one of its events more than once, or tried to. */
  publishedAgain: boolean;
}

/** How orders met faults; each figure is a number of orders. */
export interface MetFaults {
  orders: number;
  /** A process was killed while it worked for the order: in an event, a transaction, a request or a provider call of it. */
  interrupted: number;
  publishedAgain: number;
  /** A call to the provider about its payment, or the answer, was lost. */
  callLost: number;
  /** Not at its end while broker or database were away, of which each of its steps needs both. */
  openInOutage: number;
  /** Any of these: what the run is judged by. */
  met: number;
  /** Not at its end while any process was down that orders pass through, whether or not it had work there: for comparison. */
  openInAny: number;
}

const NEEDED_BY_ALL = ['broker', 'database'];

export function countMetFaults(
  orders: readonly OrderLife[],
  faults: readonly Fault[],
  outages: readonly Outage[],
): MetFaults {
  const named = (inKind: string) =>
    new Set(faults.filter(({ kind }) => kind.startsWith(inKind)).flatMap((fault) => fault.interrupted));
  const [interrupted, lost] = [named('killed'), named('provider')];
  const ways = { interrupted: 0, publishedAgain: 0, callLost: 0, openInOutage: 0 };
  const counts = { orders: orders.length, ...ways, met: 0, openInAny: 0 };
  for (const order of orders) {
    const names = [`order:${order.id}`, `key:${order.customerId}/${order.key}`];
    for (const id of order.paymentIds) names.push(`payment:${id}`);
    const met = {
      interrupted: names.some((name) => interrupted.has(name)),
      publishedAgain: order.publishedAgain,
      callLost: names.some((name) => lost.has(name)),
      openInOutage: outages.some((outage) => NEEDED_BY_ALL.includes(outage.of) && overlaps(order, outage)),
    };
    for (const way of Object.keys(met) as (keyof typeof met)[]) counts[way] += Number(met[way]);
    counts.met += Number(Object.values(met).includes(true));
    counts.openInAny += Number(outages.some((outage) => overlaps(order, outage)));
  }
  return counts;
}

const overlaps = ({ placedAt, endedAt }: OrderLife, { from, to }: Outage): boolean =>
  placedAt <= (to ?? new Date()) && endedAt >= from;
