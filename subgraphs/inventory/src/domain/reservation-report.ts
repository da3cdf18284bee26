import { afterCommit, type ServiceKit } from '@tributary/service-kit';

/** How a reservation's step ended; label `outcome` of `stock_reservations_total`. */
export type Outcome = 'reserved' | 'rejected' | 'confirmed' | 'released' | 'expired' | 'returned';

/** What operators learn of reservations. */
export interface ReservationReport {
  /** Counts an outcome once the open transaction has committed. */
  count(outcome: Outcome): void;
  /** Logs a message that changes nothing because of the reservation's status. That is foreseen, and no one's duty. */
  ignored(step: string, orderId: string, status: string | undefined): void;
}

export function createReservationReport({ log, metrics }: Pick<ServiceKit, 'log' | 'metrics'>): ReservationReport {
  const total = metrics.get('stock_reservations_total');
  return {
    count: (outcome) => afterCommit(() => total.inc({ outcome })),
    ignored: (step, orderId, status = 'none') =>
      log.info({ step, order_id: orderId, status }, 'reservation step ignored'),
  };
}
