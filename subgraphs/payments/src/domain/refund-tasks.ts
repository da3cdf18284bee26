import type { ServiceKit } from '@tributary/service-kit';
import type { CallProvider } from '../provider/call-provider.ts';
import { leaseRefunds, postponeRefund, type RefundRow } from '../store/refund-store.ts';
import type { SettleRefund } from './settle-refund.ts';
import type { LeaseTasks } from './task-worker.ts';

type Parts = Pick<ServiceKit, 'database' | 'log'> & { call: CallProvider; settle: SettleRefund; leaseMs: number };

/** Refunds that the provider is to be told of. */
export function createRefundTasks({ database, log, call, settle, leaseMs }: Parts): LeaseTasks {
  async function perform({ id, paymentId, amountMinor, cause }: RefundRow): Promise<void> {
    const refund = { key: id, chargeKey: paymentId, amountMinor };
    const outcome = await call((provider, signal) => provider.refund(refund, signal));
    await database.transaction((tx) => settle(tx, id, outcome));
    // The customer waits for money that nothing will send any more: somebody has to look at it.
    if (outcome === 'FAILED') log.error({ refund_id: id, payment_id: paymentId, cause }, 'refund failed');
  }

  return async (limit) =>
    (await leaseRefunds(database.db, limit, leaseMs)).map((refund) => ({
      name: 'REFUND',
      paymentId: refund.paymentId,
      attempts: refund.taskAttempts,
      traceparent: refund.traceparent,
      perform: () => perform(refund),
      postpone: (waitMs) => postponeRefund(database.db, refund.id, waitMs),
    }));
}
