import { afterCommit, currentTraceparent, type Db, linkActiveSpan, type ServiceKit } from '@tributary/service-kit';
import type { PaymentsConfig } from '../config.ts';
import type { Charge, DeclineReason } from '../provider/payment-provider.ts';
import { fromNow } from '../store/from-now.ts';
import { changePayment, findPayment, type PaymentChange, type PaymentRow } from '../store/payment-store.ts';
import { PAYMENT_STATUSES } from '../tables.ts';
import { countMoney } from './count-money.ts';
import { createEffects } from './payment-effects.ts';
import { type PaymentTransition, type PaymentTrigger, paymentTransitions } from './payment-transitions.ts';
import type { PromiseRefund } from './promise-refund.ts';

/** What happens to a payment, and what comes with it. */
interface Happening {
  trigger: PaymentTrigger;
  reason?: DeclineReason;
  challenge?: { url: string; instructions: string };
  /** Of a refund that was paid; negative for one that is reversed. */
  refundMinor?: number;
}

export interface StepResult {
  /** The payment as it is now; undefined when there is none with that id. */
  payment: PaymentRow | undefined;
  /** False when the table of transitions refused: nothing has changed. */
  taken: boolean;
}

/** Takes payments from status to status, along the table of transitions and no other way. */
export interface PaymentFlow {
  /**
   * Lets something happen to a payment: its new status and task and all effects, in the caller's transaction, which
   * from then on holds the payment's row.
   */
  advance(tx: Db, paymentId: string, happening: (payment: PaymentRow) => Happening): Promise<StepResult>;
  /** The same for what the provider says of the payment's charge. */
  record(tx: Db, paymentId: string, charge: Charge): Promise<StepResult>;
  /** Counts a status that was reached, once the open transaction has committed. */
  count(payment: PaymentRow): void;
}

type Parts = Pick<ServiceKit, 'emit' | 'metrics'> & {
  config: Pick<PaymentsConfig, 'challenge'>;
  promiseRefund: PromiseRefund;
  /** Tells the worker that there is something to do. */
  wake(): void;
};

export function createPaymentFlow({ emit, metrics, config, promiseRefund, wake }: Parts): PaymentFlow {
  const effects = createEffects(emit, promiseRefund);
  const reached = metrics.get('payments_total');
  for (const outcome of PAYMENT_STATUSES) metrics.counter('payments_total', { outcome });
  const count = ({ status }: PaymentRow) => afterCommit(() => reached.inc({ outcome: status }));
  const countMoved = countMoney(metrics);

  const advance: PaymentFlow['advance'] = async (tx, paymentId, happening) => {
    for (;;) {
      const payment = await findPayment(tx, paymentId);
      if (payment === undefined) return { payment, taken: false };
      const happens = happening(payment);
      const transition = paymentTransitions[happens.trigger][payment.status];
      if (transition === undefined) return { payment, taken: false };
      const change = { ...statusOf(payment, transition, happens, config), ...taskOf(payment, transition, config) };
      const moved = await changePayment(tx, payment, change);
      // Somebody else was faster: what may happen is decided again, by the status that they left.
      if (moved === undefined) continue;
      // What a provider reports, or a customer answers, comes in a trace of its own.
      linkActiveSpan(payment.traceparent);
      for (const effect of transition.effects) await effects[effect](tx, moved);
      if (moved.task !== null) afterCommit(wake);
      if (moved.status !== payment.status) count(moved);
      countMoved(payment, moved);
      return { payment: moved, taken: true };
    }
  };

  return {
    advance,
    count,
    record: (tx, paymentId, charge) => advance(tx, paymentId, () => happeningOf(charge)),
  };
}

function happeningOf(charge: Charge): Happening {
  if (charge.status === 'DECLINED') return { trigger: charge.status, reason: charge.reason };
  if (charge.status === 'CHALLENGED') return { trigger: charge.status, challenge: charge };
  return { trigger: charge.status };
}

function statusOf(
  payment: PaymentRow,
  { to, reason }: PaymentTransition,
  { reason: given, challenge, refundMinor = 0 }: Happening,
  config: Pick<PaymentsConfig, 'challenge'>,
): PaymentChange {
  const challenged = to === 'CHALLENGED';
  return {
    status: to,
    declineReason: to === 'DECLINED' ? (payment.declineReason ?? reason ?? given ?? null) : null,
    capturedMinor: to === 'CAPTURED' ? payment.amountMinor : payment.capturedMinor,
    refundedMinor: payment.refundedMinor + refundMinor,
    challengeUrl: challenged ? (challenge?.url ?? null) : null,
    challengeInstructions: challenged ? (challenge?.instructions ?? null) : null,
    challengeExpiresAt: challenged ? new Date(Date.now() + config.challenge.lifetime) : null,
  };
}

/** A task that goes on keeps its time: somebody may be at it. */
function taskOf(
  payment: PaymentRow,
  transition: PaymentTransition,
  config: Pick<PaymentsConfig, 'challenge'>,
): PaymentChange {
  const task = transition.task ?? null;
  if (task === payment.task) return {};
  const waitMs = task === 'EXPIRE_CHALLENGE' ? config.challenge.lifetime : 0;
  return {
    task,
    taskDueAt: task === null ? null : fromNow(waitMs),
    taskAttempts: 0,
    traceparent: currentTraceparent() ?? payment.traceparent,
  };
}
