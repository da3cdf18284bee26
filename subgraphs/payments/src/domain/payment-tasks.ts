import type { ServiceKit } from '@tributary/service-kit';
import type { CallProvider } from '../provider/call-provider.ts';
import type { Charge } from '../provider/payment-provider.ts';
import { leasePaymentTasks, type PaymentRow, type PaymentTask, postponePaymentTask } from '../store/payment-store.ts';
import { findPaymentMethod } from '../store/wallet-store.ts';
import type { PaymentFlow } from './payment-flow.ts';
import type { LeaseTasks } from './task-worker.ts';

type Parts = Pick<ServiceKit, 'database'> & {
  call: CallProvider;
  flow: PaymentFlow;
  leaseMs: number;
  /** After which a charge that the provider says it has never heard of is believed to be lost. */
  graceMs: number;
};

/** What is to be asked of the provider about payments. Each task ends when a step takes it from the payment. */
export function createPaymentTasks({ database, call, flow, leaseMs, graceMs }: Parts): LeaseTasks {
  const ask: Readonly<Record<PaymentTask, (payment: PaymentRow) => Promise<Charge>>> = {
    async AUTHORIZE(payment) {
      const { id: key, orderId, taskAttempts, customerId, paymentMethodId, amountMinor, currency } = payment;
      // An attempt that brought no answer may have been a success: that is asked for, and never charged again.
      const known = taskAttempts > 1 ? await call((provider, signal) => provider.find(key, signal)) : undefined;
      if (known !== undefined) return known;
      const method = await findPaymentMethod(database.db, customerId, paymentMethodId);
      if (method === undefined) {
        // Of an earlier attempt that is still on its way to the provider, nothing must come either.
        await call((provider, signal) => provider.void(key, signal));
        return { status: 'DECLINED', reason: 'PAYMENT_METHOD_UNAVAILABLE' };
      }
      const charge = { key, token: method.token, amountMinor, currency, reference: orderId };
      return call((provider, signal) => provider.authorize(charge, signal));
    },
    EXPIRE_CHALLENGE: ({ id }) => call((provider, signal) => provider.void(id, signal)),
    async CAPTURE({ id, taskAttempts, updatedAt }) {
      const isOverdue = taskAttempts > 1 && Date.now() - updatedAt.getTime() > graceMs;
      if (!isOverdue || (await call((provider, signal) => provider.find(id, signal))) !== undefined) {
        return call((provider, signal) => provider.capture(id, signal));
      }
      // The provider has answered that there is no such charge, as when its books were lost. Of an earlier attempt that
      // is still on its way, nothing must come.
      const left = await call((provider, signal) => provider.void(id, signal));
      return left.status === 'VOIDED' ? { status: 'DECLINED', reason: 'CAPTURE_FAILED' } : left;
    },
    VOID: ({ id }) => call((provider, signal) => provider.void(id, signal)),
  };

  return async (limit) => {
    const due = await leasePaymentTasks(database.db, limit, leaseMs);
    return due.flatMap((payment) => {
      const { task, id, taskAttempts, traceparent } = payment;
      if (task === null) return [];
      return {
        name: task,
        paymentId: id,
        attempts: taskAttempts,
        traceparent,
        async perform() {
          const charge = await ask[task](payment);
          await database.transaction((tx) => flow.record(tx, id, charge));
        },
        postpone: (waitMs) => postponePaymentTask(database.db, payment, waitMs),
      };
    });
  };
}
