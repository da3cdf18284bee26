import type { DatabaseSync } from 'node:sqlite';
import type { ChargeBook } from './charge-book.ts';
import { inTransaction } from './in-transaction.ts';
import { keyReused } from './key-reused.ts';
import type { ChargeRow, RefundRow } from './ledger-rows.ts';
import { testCards } from './test-cards.ts';

export interface RefundRequest {
  key: string;
  chargeKey: string;
  amountMinor: number;
}

/** Gives a part of a charge back, once for each key. @throws CodedError BAD_USER_INPUT when the key was used otherwise */
export type RefundCharge = (request: RefundRequest) => Pick<RefundRow, 'key' | 'status'>;

export function createRefundCharge(db: DatabaseSync, { find, move }: ChargeBook): RefundCharge {
  const selectRefund = db.prepare('SELECT * FROM refunds WHERE key = ?');
  const addRefunded = db.prepare(
    'UPDATE charges SET refunded_minor = refunded_minor + ?, changed_at = ? WHERE key = ?',
  );
  const insertRefund = db.prepare(
    'INSERT INTO refunds (key, position, charge_key, amount_minor, status, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const now = () => new Date().toISOString();
  return ({ key, chargeKey, amountMinor }) =>
    inTransaction(db, () => {
      const earlier = selectRefund.get(key) as unknown as RefundRow | undefined;
      if (earlier !== undefined) {
        if (earlier.charge_key !== chargeKey || earlier.amount_minor !== amountMinor) throw keyReused();
        return earlier;
      }
      const charge = find(chargeKey);
      // Nothing to write it down at: the same question gets the same answer.
      if (charge === undefined) return { key, status: 'FAILED' };
      const status = canRefund(charge, amountMinor) ? 'SUCCEEDED' : 'FAILED';
      const kind = status === 'SUCCEEDED' ? 'REFUNDED' : 'REFUND_FAILED';
      const position = move({ kind, chargeKey, amountMinor, requestKey: key });
      insertRefund.run(key, position, chargeKey, amountMinor, status, now());
      if (status === 'SUCCEEDED') addRefunded.run(amountMinor, now(), chargeKey);
      return { key, status };
    });
}

const canRefund = ({ status, card, amount_minor, refunded_minor }: ChargeRow, askedMinor: number): boolean =>
  status === 'CAPTURED' && amount_minor - refunded_minor >= askedMinor && !testCards.get(card ?? '')?.refusesRefund;
