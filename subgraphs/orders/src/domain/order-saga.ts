import { afterCommit, type Db, type ServiceKit } from '@tributary/service-kit';
import { orderChanged } from '../events.ts';
import { changeOrder, findOrder, type OrderRow, type OrderStatus } from '../store/order-store.ts';
import { insertTimelineEntry } from '../store/timeline-store.ts';
import { ORDER_STATUSES, type StockShortage } from '../tables.ts';
import { createEffects } from './order-effects.ts';
import { type OrderTrigger, orderTransitions } from './order-transitions.ts';
import type { OrderWatch } from './order-watch.ts';

/** Why a step is taken: the event that caused it, or what a person wrote. */
export interface StepOrigin {
  eventId?: string;
  note?: string | null;
  shortages?: readonly StockShortage[];
}

export interface StepResult {
  /** The order as it is now; undefined when there is none with that id. */
  order: OrderRow | undefined;
  /** False when the table of transitions refused: nothing has changed. */
  taken: boolean;
}

/** Takes orders from status to status, along the table of transitions and no other way. */
export interface OrderSaga {
  /**
   * Lets `trigger` happen to an order: its new status, a row of its timeline and what it says to the other services,
   * all in the caller's transaction, which from then on holds the order's row.
   */
  advance(tx: Db, orderId: string, trigger: OrderTrigger, origin?: StepOrigin): Promise<StepResult>;
  /** Counts a status that was reached, once the open transaction has committed. */
  count(status: OrderStatus): void;
}

export function createOrderSaga({ emit, metrics }: Pick<ServiceKit, 'emit' | 'metrics'>, watch: OrderWatch): OrderSaga {
  const effects = createEffects(emit);
  const reached = metrics.get('orders_total');
  for (const status of ORDER_STATUSES) metrics.counter('orders_total', { status });
  const count = (status: OrderStatus) => afterCommit(() => reached.inc({ status }));

  return {
    count,
    async advance(tx, orderId, trigger, origin = {}) {
      for (;;) {
        const order = await findOrder(tx, orderId);
        const transition = order && orderTransitions[trigger][order.status];
        if (order === undefined || transition === undefined) return { order, taken: false };
        const now = new Date();
        const moved = await changeOrder(tx, order, {
          status: transition.to,
          updatedAt: now,
          paidAt: order.paidAt ?? (transition.to === 'PAID' ? now : null),
        });
        // Somebody else was faster: what may happen is decided again, by the status that they left.
        if (moved === undefined) continue;
        await insertTimelineEntry(tx, {
          orderId,
          at: now,
          status: moved.status,
          cause: trigger,
          eventId: origin.eventId ?? null,
          note: origin.note ?? null,
          shortages: origin.shortages === undefined ? null : [...origin.shortages],
        });
        await emit(tx, orderChanged, orderId, { orderId, status: moved.status });
        for (const effect of transition.effects) await effects[effect](tx, moved, transition);
        // Back in PAID after a return that was not of everything: it is counted as paid already.
        const isBack = moved.status === 'PAID' && order.paidAt !== null;
        if (moved.status !== order.status && !isBack) count(moved.status);
        watch.wakeAfterCommit(orderId);
        return { order: moved, taken: true };
      }
    },
  };
}
