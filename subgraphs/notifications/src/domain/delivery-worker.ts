import type { ServiceKit } from '@tributary/service-kit';
import type { NotificationsConfig } from '../config.ts';
import {
  type AttemptOutcome,
  type DeliveryChannel,
  type DueDelivery,
  leaseDeliveries,
  recordAttempt,
} from '../store/delivery-store.ts';
import { DeliveryFailedError } from './delivery-failed-error.ts';

/** At once, and in one turn: with the default `pollInterval` 20 a second for each instance and channel. */
const BATCH = 20;
/** Above everything that an attempt may take (see the channels). After it the attempt counts as lost and is repeated. */
const LEASE_MS = 60_000;
const WAIT_FACTOR = 4;
const MAX_WAIT_MS = 6 * 60 * 60 * 1000;

/** How one channel makes an attempt, outside of any transaction. @throws DeliveryFailedError, or anything else */
export type Send = (delivery: DueDelivery) => Promise<'SENT' | 'SKIPPED'>;

type Parts = Pick<ServiceKit<NotificationsConfig>, 'database' | 'config' | 'log' | 'metrics'>;

/** One turn of a channel's worker: makes an attempt at what is due, and writes what came of it. At least once each. */
export function createDeliveryWorker(parts: Parts, channel: DeliveryChannel, send: Send): () => Promise<void> {
  const { database, log } = parts;
  const { firstRetryAfter, maxAttempts } = parts.config.deliveries;
  const total = parts.metrics.get('notifications_total');
  const count = (outcome: 'sent' | 'skipped' | 'retried' | 'failed') =>
    total.inc({ channel: channel.toLowerCase(), outcome });

  /** Makes an attempt; never throws. */
  async function attempt(delivery: DueDelivery): Promise<AttemptOutcome> {
    try {
      const state = await send(delivery);
      count(state === 'SENT' ? 'sent' : 'skipped');
      return { state, settledAt: new Date(), failure: null };
    } catch (error) {
      return afterFailure(delivery, error);
    }
  }

  function afterFailure({ id, attempts }: DueDelivery, error: unknown): AttemptOutcome {
    const known = error instanceof DeliveryFailedError ? error : undefined;
    const failure = known?.failure ?? 'INTERNAL';
    const givenUp = known?.isFinal === true || attempts >= maxAttempts;
    const fields = { delivery_id: id, channel, attempts, failure, err: error };
    log.warn(fields, givenUp ? 'delivery given up' : 'delivery failed');
    count(givenUp ? 'failed' : 'retried');
    if (givenUp) return { state: 'FAILED', settledAt: new Date(), failure };
    const waitMs = Math.min(MAX_WAIT_MS, firstRetryAfter * WAIT_FACTOR ** (attempts - 1));
    return { dueAt: new Date(Date.now() + waitMs), failure };
  }

  return async () => {
    const due = await leaseDeliveries(database.db, channel, { limit: BATCH, leaseMs: LEASE_MS });
    // One that cannot be written down is made again when its lease is over; the turn ends when all have ended.
    const written = await Promise.allSettled(
      due.map(async (delivery) => recordAttempt(database.db, delivery, await attempt(delivery))),
    );
    const lost = written.find((result) => result.status === 'rejected');
    if (lost !== undefined) throw lost.reason;
  };
}
