import { newId, type ServiceKit } from '@tributary/service-kit';
import { type DueDelivery, recordAttempt } from '../store/delivery-store.ts';
import { lockOpenRecipient } from '../store/recipient-store.ts';
import { disableWebhook, saveFailure, saveSuccess, type WebhookRow } from '../store/webhook-store.ts';
import type { Settle } from './delivery-worker.ts';
import type { Tell } from './tell.ts';

/** Each of them was tried for about 17 hours, with the default waits. */
const MOST_FAILURES_IN_ROW = 10;
/** For webhooks that are seldom called. */
const LONGEST_FAILING_MS = 5 * 24 * 60 * 60 * 1000;
/** How a receiver says that it does not want to be asked again. */
const GONE = 'HTTP_410';
/** Not the receiver's. */
const OUR_FAILURES: readonly string[] = ['SECRET_UNREADABLE', 'INTERNAL', 'LOST'];

/**
 * Writes what came of a call of a webhook, and with it how the webhook is: one that keeps failing, or is gone, is
 * disabled, and its user told, once.
 */
export function createWebhookHealth({ database }: Pick<ServiceKit, 'database'>, tell: Tell): Settle {
  async function giveUp(delivery: DueDelivery, { id, userId, url }: WebhookRow, outcome: GivenUp): Promise<void> {
    await database.transaction(async (tx) => {
      // First, as everywhere where something of a user's is changed: whoever takes locks in one order never deadlocks.
      if (!(await lockOpenRecipient(tx, userId))) return;
      if (!(await recordAttempt(tx, delivery, outcome))) return;
      const { failure, settledAt: at } = outcome;
      const failing = await saveFailure(tx, id, { failure, at });
      const disabledReason = failing && reasonToDisable(failing, failure, at);
      if (disabledReason === undefined) return;
      await disableWebhook(tx, id, { disabledAt: at, disabledReason });
      const facts = { host: new URL(url).host };
      await tell(tx, { eventId: newId(), userId, kind: 'WEBHOOK_DISABLED', facts });
    });
  }

  return async (delivery, outcome) => {
    const { webhook } = delivery;
    if (webhook !== null && 'state' in outcome) {
      if (outcome.state === 'SENT') await saveSuccess(database.db, webhook.id);
      const { state, failure, settledAt } = outcome;
      const isTheirs = state === 'FAILED' && failure !== null && !OUR_FAILURES.includes(failure);
      if (isTheirs && settledAt !== null) return giveUp(delivery, webhook, { state, failure, settledAt });
    }
    await recordAttempt(database.db, delivery, outcome);
  };
}

interface GivenUp {
  state: 'FAILED';
  failure: string;
  settledAt: Date;
}

function reasonToDisable(
  { failuresInRow, failingSince }: WebhookRow,
  failure: string,
  at: Date,
): 'GONE' | 'FAILING' | undefined {
  if (failure === GONE) return 'GONE';
  const failingMs = at.getTime() - (failingSince ?? at).getTime();
  return failuresInRow >= MOST_FAILURES_IN_ROW || failingMs >= LONGEST_FAILING_MS ? 'FAILING' : undefined;
}
