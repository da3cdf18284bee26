import { inEntrySpan, inOperation, recordActiveFailure, type ServiceKit } from '@tributary/service-kit';
import type { NotificationsConfig } from '../config.ts';
import {
  type AttemptOutcome,
  type DeliveryChannel,
  type DueDelivery,
  leaseDeliveries,
  recordAttempt,
} from '../store/delivery-store.ts';
import { categoryOf } from './category-of.ts';
import { DeliveryFailedError, deliveryFailure } from './delivery-failed-error.ts';
import { quietUntil } from './quiet-hours.ts';

/** At once, and in one turn: with the default `pollInterval` 20 a second for each instance and channel. */
const BATCH = 20;
/** Above everything that an attempt may take (see the channels). After it the attempt counts as lost and is repeated. */
const LEASE_MS = 60_000;
const WAIT_FACTOR = 4;
const MAX_WAIT_MS = 6 * 60 * 60 * 1000;

const OUTCOMES = ['sent', 'skipped', 'held', 'retried', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Why something that is wanted is not sent. */
export type SkipReason = 'BOUNCED' | 'WEBHOOK_DISABLED';

/** How one channel makes an attempt, outside of any transaction. @throws DeliveryFailedError, or anything else */
export type Send = (delivery: DueDelivery) => Promise<'SENT' | 'SKIPPED' | SkipReason>;

/** Writes what an attempt came to. */
export type Settle = (delivery: DueDelivery, outcome: AttemptOutcome) => Promise<unknown>;

type Parts = Pick<ServiceKit<NotificationsConfig>, 'database' | 'config' | 'log' | 'metrics' | 'tracer'>;

/**
 * One turn of a channel's worker: makes an attempt at what is due, and writes what came of it. At least once each, and
 * at most `maxAttempts` times, also when nobody learns what an attempt came to.
 *
 * @param settle default: in the delivery's row, and nowhere else
 */
export function createDeliveryWorker(
  parts: Parts,
  channel: DeliveryChannel,
  send: Send,
  settle: Settle = (delivery, outcome) => recordAttempt(parts.database.db, delivery, outcome),
): () => Promise<void> {
  const { database, log, tracer } = parts;
  const { firstRetryAfter, maxAttempts } = parts.config.deliveries;
  const counterOf = (outcome: Outcome) =>
    parts.metrics.counter('notifications_total', { channel: channel.toLowerCase(), outcome });
  const counters = new Map(OUTCOMES.map((outcome) => [outcome, counterOf(outcome)]));
  const count = (outcome: Outcome) => counters.get(outcome)?.inc();

  /** Makes an attempt; never throws. */
  async function attempt(delivery: DueDelivery): Promise<AttemptOutcome> {
    try {
      const dueAt = heldUntil(delivery, new Date());
      if (dueAt !== undefined) {
        count('held');
        return { dueAt, attempts: delivery.attempts - 1, failure: delivery.failure };
      }
      // Attempts of which nothing was learned, such as those of workers that died, are attempts.
      if (delivery.attempts > maxAttempts) throw new DeliveryFailedError('LOST', { isFinal: true });
      return sent(await send(delivery));
    } catch (error) {
      return afterFailure(delivery, error);
    }
  }

  function sent(result: Awaited<ReturnType<Send>>): AttemptOutcome {
    count(result === 'SENT' ? 'sent' : 'skipped');
    const settledAt = new Date();
    if (result === 'SENT' || result === 'SKIPPED') return { state: result, settledAt, failure: null };
    return { state: 'SKIPPED', settledAt, failure: result };
  }

  function afterFailure({ id, attempts }: DueDelivery, error: unknown): AttemptOutcome {
    const known = error instanceof DeliveryFailedError ? error : undefined;
    const failure = known?.failure ?? 'INTERNAL';
    recordActiveFailure(error, deliveryFailure(error));
    const givenUp = known?.isFinal === true || attempts >= maxAttempts;
    const fields = { delivery_id: id, channel, attempts, failure, err: error };
    log.warn(fields, givenUp ? 'delivery given up' : 'delivery failed');
    count(givenUp ? 'failed' : 'retried');
    if (givenUp) return { state: 'FAILED', settledAt: new Date(), failure };
    const waitMs = Math.min(MAX_WAIT_MS, firstRetryAfter * WAIT_FACTOR ** (attempts - 1));
    return { dueAt: new Date(Date.now() + waitMs), failure };
  }

  /** In the trace of the event that it is about, hours later too: an e-mail waits for quiet hours to end. */
  function inTrace(delivery: DueDelivery): Promise<AttemptOutcome> {
    const attributes = { 'notification.delivery.id': delivery.id, 'notification.delivery.attempt': delivery.attempts };
    const name = `deliver ${channel}`;
    return inEntrySpan(tracer, name, delivery.traceparent ?? undefined, { attributes }, () =>
      // What other services are asked for it, and write about that, is found under its id.
      inOperation({ requestId: delivery.id, fields: {} }, () => attempt(delivery)),
    );
  }

  return async () => {
    const due = await leaseDeliveries(database.db, channel, { limit: BATCH, leaseMs: LEASE_MS });
    // One that cannot be written down is made again when its lease is over; the turn ends when all have ended.
    const written = await Promise.allSettled(due.map(async (delivery) => settle(delivery, await inTrace(delivery))));
    const lost = written.find((result) => result.status === 'rejected');
    if (lost !== undefined) throw lost.reason;
  };
}

/** When the user's quiet hours end, if it is their time. */
function heldUntil({ notification: { kind }, quietHours }: DueDelivery, now: Date): Date | undefined {
  // A bank waits minutes for its answer, and with it the order.
  if (quietHours === null || kind === 'PAYMENT_CHALLENGED' || categoryOf(kind) === 'SECURITY') return undefined;
  return quietUntil(quietHours, now);
}
