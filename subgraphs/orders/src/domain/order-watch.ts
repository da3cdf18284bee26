import { afterCommit, refuseInsideTransaction, type ServiceKit } from '@tributary/service-kit';
import { listMovedOrders } from '../store/order-store.ts';

/** Lets requests wait for an order's first step, without a statement or a transaction. */
export interface OrderWatch {
  /** Resolves once the order has left PLACED, `waitMs` have passed, or `signal` is aborted. */
  firstStep(orderId: string, waitMs: number, signal: AbortSignal): Promise<void>;
  /** Wakes those who wait for the order, once the open transaction has committed. */
  wakeAfterCommit(orderId: string): void;
  /** Wakes those whose orders another process has moved: one statement for all of them, none when nobody waits. */
  look(): Promise<void>;
}

export function createOrderWatch({ database }: Pick<ServiceKit, 'database'>): OrderWatch {
  const waiting = new Map<string, Set<() => void>>();
  const wake = (orderId: string) => {
    for (const resolve of waiting.get(orderId) ?? []) resolve();
  };

  return {
    wakeAfterCommit: (orderId) => afterCommit(() => wake(orderId)),
    async look() {
      if (waiting.size === 0) return;
      for (const orderId of await listMovedOrders(database.db, [...waiting.keys()])) wake(orderId);
    },
    async firstStep(orderId, waitMs, signal) {
      refuseInsideTransaction('Waiting for an order');
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const together = waiting.get(orderId) ?? new Set();
      waiting.set(orderId, together.add(resolve));
      const timer = setTimeout(resolve, waitMs);
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      clearTimeout(timer);
      together.delete(resolve);
      if (together.size === 0) waiting.delete(orderId);
    },
  };
}
