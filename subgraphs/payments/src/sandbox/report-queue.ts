import type { DatabaseSync } from 'node:sqlite';
import { newId } from '@tributary/service-kit';
import type { Movement } from './ledger-rows.ts';

/** One report on its way; several may be copies of one. */
export interface DueReport {
  id: string;
  copy: number;
  body: string;
  attempts: number;
}

/** What is to be told to the merchant, in the table `webhooks`, so that a restart goes on with it. */
export interface ReportQueue {
  /** Adds what a movement has to tell, in the open transaction. */
  add(movement: Movement): void;
  due(limit: number): DueReport[];
  /** When the next one is due, in Unix milliseconds; undefined when none is left. */
  nextDueMs(): number | undefined;
  delivered(report: DueReport): void;
  /** Counts an attempt, and makes the report due again after `waitMs`. */
  postpone(report: DueReport, waitMs: number): void;
}

/** Of reports that are shuffled: each waits for any time up to this. */
const SHUFFLE_WITHIN_MS = 2000;
/** After that a report is given up. */
const KEEP_TRYING_MS = 3 * 24 * 60 * 60 * 1000;

export interface ReportOptions {
  duplicates: number;
  shuffle: boolean;
}

export function createReportQueue(db: DatabaseSync, { duplicates, shuffle }: ReportOptions): ReportQueue {
  const insert = db.prepare('INSERT INTO webhooks (id, copy, body, made_at_ms, due_at_ms) VALUES (?, ?, ?, ?, ?)');
  const waiting = 'FROM webhooks WHERE delivered_at IS NULL AND made_at_ms > ?';
  const selectDue = db.prepare(
    `SELECT id, copy, body, attempts ${waiting} AND due_at_ms <= ? ORDER BY due_at_ms, id LIMIT ?`,
  );
  const selectNext = db.prepare(`SELECT min(due_at_ms) AS at ${waiting}`);
  const setDelivered = db.prepare('UPDATE webhooks SET delivered_at = ? WHERE id = ? AND copy = ?');
  const setDue = db.prepare('UPDATE webhooks SET due_at_ms = ?, attempts = attempts + 1 WHERE id = ? AND copy = ?');
  const oldestMs = () => Date.now() - KEEP_TRYING_MS;

  return {
    add(movement) {
      const report = reportOf(movement);
      if (report === undefined) return;
      const id = newId();
      const body = JSON.stringify({ id, ...report });
      for (let copy = 1; copy <= duplicates; copy++) {
        const waitMs = shuffle ? Math.floor(Math.random() * SHUFFLE_WITHIN_MS) : 0;
        insert.run(id, copy, body, Date.now(), Date.now() + waitMs);
      }
    },
    due: (limit) => selectDue.all(oldestMs(), Date.now(), limit) as unknown as DueReport[],
    nextDueMs: () => (selectNext.get(oldestMs()) as { at: number | null }).at ?? undefined,
    delivered({ id, copy }) {
      setDelivered.run(new Date().toISOString(), id, copy);
    },
    postpone({ id, copy }, waitMs) {
      setDue.run(Date.now() + waitMs, id, copy);
    },
  };
}

/** What the merchant is told of a movement; undefined for what is none of its business or no news. */
function reportOf({ kind, chargeKey, amountMinor, requestKey, reason }: Movement) {
  switch (kind) {
    case 'AUTHORIZED':
    case 'CAPTURED':
      return { type: `payment.${kind.toLowerCase()}`, data: { paymentId: chargeKey } };
    case 'VOIDED':
      // Of a key that was voided before anything was charged, nothing has happened.
      return amountMinor === 0 ? undefined : { type: 'payment.voided', data: { paymentId: chargeKey } };
    case 'DECLINED':
      return { type: 'payment.declined', data: { paymentId: chargeKey, reason } };
    case 'REFUNDED':
      return { type: 'payment.refunded', data: { refundId: requestKey } };
    default:
      return undefined;
  }
}
