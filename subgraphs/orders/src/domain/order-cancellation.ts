import type { TimelineRow } from '../store/timeline-store.ts';
import type { StockShortage } from '../tables.ts';
import { type CancellationReason, orderTransitions } from './order-transitions.ts';

/** Why and when an order was cancelled. */
export interface OrderCancellation {
  reason: CancellationReason;
  at: Date;
  /** The products that were short, as far as inventory has said. */
  outOfStock: readonly StockShortage[];
}

/** The cancellation that stands in an order's timeline, or null. */
export function cancellationIn(timeline: readonly TimelineRow[]): OrderCancellation | null {
  const index = timeline.findIndex(({ status }) => status === 'CANCELLED');
  const [before, step] = [timeline[index - 1], timeline[index]];
  if (before === undefined || step === undefined || step.cause === 'ORDER_PLACED') return null;
  const reason = orderTransitions[step.cause][before.status]?.reason;
  return reason === undefined ? null : { reason, at: step.at, outOfStock: step.shortages ?? [] };
}
