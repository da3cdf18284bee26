import { afterCommit, type ServiceKit } from '@tributary/service-kit';

const OUTCOMES = ['reserved', 'rejected', 'confirmed', 'released', 'expired', 'returned'] as const;

/** How a reservation's step ended; label `outcome` of `stock_reservations_total`. */
export type Outcome = (typeof OUTCOMES)[number];

/** What operators learn of reservations. */
export interface ReservationReport {
  /** Counts an outcome once the open transaction has committed. */
  count(outcome: Outcome): void;
  /** Counts products of which the last available one was reserved, once the open transaction has committed. */
  countStockOuts(products: number): void;
  /** Logs a message that changes nothing because of the reservation's status. That is foreseen, and no one's duty. */
  ignored(step: string, orderId: string, status: string | undefined): void;
}

export function createReservationReport({ log, metrics }: Pick<ServiceKit, 'log' | 'metrics'>): ReservationReport {
  const total = metrics.get('stock_reservations_total');
  for (const outcome of OUTCOMES) metrics.counter('stock_reservations_total', { outcome });
  const stockOuts = metrics.get('stock_outs_total');
  return {
    countStockOuts: (products) => afterCommit(() => stockOuts.inc(products)),
    count: (outcome) => afterCommit(() => total.inc({ outcome })),
    ignored: (step, orderId, status = 'none') =>
      log.info({ step, order_id: orderId, status }, 'reservation step ignored'),
  };
}
