import type { OrderRow } from '../store/order-store.ts';
import type { TimelineRow } from '../store/timeline-store.ts';

/** An order as it is, or as it was after some of its steps. */
export interface OrderView extends OrderRow {
  /** Only so many steps of its timeline are shown; without it, all. */
  steps?: number;
}

export const shownSteps = ({ steps }: OrderView, timeline: readonly TimelineRow[]): readonly TimelineRow[] =>
  timeline.slice(0, steps);

/** The order as its first `steps` steps have left it: each step made one line of the timeline and one version. */
export function viewAfter(steps: number, order: OrderRow, timeline: readonly TimelineRow[]): OrderView {
  if (order.version === steps) return { ...order, steps };
  const last = timeline[steps - 1];
  if (last === undefined) throw new Error('the timeline is shorter than the order is old');
  return { ...order, steps, status: last.status, updatedAt: last.at };
}
