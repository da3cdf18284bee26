import { afterCommit, isId, type ServiceKit } from '@tributary/service-kit';
import { type BounceRow, findBounces, saveBounce } from '../store/bounce-store.ts';
import { findSentEmail, saveReturned } from '../store/delivery-store.ts';
import { lockOpenRecipient } from '../store/recipient-store.ts';
import type { AddressHash } from './address-hash.ts';
import { isAboutAddress } from './bounce-status.ts';
import type { DeliveryReport } from './delivery-report.ts';

/** A mailbox may come back, and a mail server may have been wrong. */
const HELD_MS = 30 * 24 * 60 * 60 * 1000;

/** Which addresses take no e-mails. Of an address only a hash is kept, with its user's other things. */
export interface Bounces {
  hashOf: AddressHash;
  /** Whether nothing is sent to the user's address at present. */
  isHeld(userId: string, addressHash: string): Promise<boolean>;
  /** Notes that an e-mail came back for good. Does nothing for a closed account. */
  note(userId: string, addressHash: string): Promise<void>;
  /** Does what a mail server's report of one of our e-mails means; nothing when it is of another, or known already. */
  take(report: DeliveryReport): Promise<void>;
}

export function createBounces(
  { database, metrics }: Pick<ServiceKit, 'database' | 'metrics'>,
  hashOf: AddressHash,
): Bounces {
  const bounced = metrics.counter('notifications_total', { channel: 'email', outcome: 'bounced' });
  return {
    hashOf,
    async isHeld(userId, addressHash) {
      const [bounce] = await findBounces(database.db, [userId]);
      return heldSince(bounce ?? null, addressHash) !== null;
    },
    note: (userId, addressHash) =>
      database.transaction(async (tx) => {
        if (await lockOpenRecipient(tx, userId)) await saveBounce(tx, userId, addressHash, new Date());
      }),
    async take({ messageId, action, status }) {
      const id = /^<([^@<>]+)@/.exec(messageId)?.[1] ?? '';
      // A report can also say that a mail is late, or has arrived.
      if (action !== 'failed' || !isId(id)) return;
      await database.transaction(async (tx) => {
        const email = await findSentEmail(tx, id);
        if (email === undefined || !(await lockOpenRecipient(tx, email.userId))) return;
        if (!(await saveReturned(tx, id, `DSN_${status}`))) return;
        afterCommit(() => bounced.inc());
        if (email.addressHash === null || !isAboutAddress(status)) return;
        await saveBounce(tx, email.userId, email.addressHash, new Date());
      });
    },
  };
}

/** When the newest e-mail to the address came back, while nothing is sent to it for that; null otherwise. */
export function heldSince(bounce: BounceRow | null, addressHash: string): Date | null {
  if (bounce === null || bounce.addressHash !== addressHash) return null;
  return Date.now() - bounce.bouncedAt.getTime() < HELD_MS ? bounce.bouncedAt : null;
}
