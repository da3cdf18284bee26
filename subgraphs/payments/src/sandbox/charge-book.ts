import type { DatabaseSync } from 'node:sqlite';
import { CodedError } from '@tributary/service-kit';
import { inTransaction } from './in-transaction.ts';
import type { ChargeRow, Movement } from './ledger-rows.ts';

type Change = Pick<ChargeRow, 'status'> & Partial<Pick<ChargeRow, 'decline_reason' | 'wrong_codes'>>;

/** Charges and what happens to them: no change of a row without its movement. */
export interface ChargeBook {
  find(key: string): ChargeRow | undefined;
  /** In the open transaction. Gives the movement's id, which is the place in the books of what it began. */
  move(movement: Movement): number | bigint;
  /** Writes a new charge, in the open transaction. */
  make(charge: Omit<ChargeRow, 'refunded_minor' | 'wrong_codes'>): ChargeRow;
  /**
   * Changes a charge that is in one of `from`, in a transaction of its own, and gives it as it is then.
   *
   * @throws CodedError NOT_FOUND
   */
  change(key: string, from: readonly ChargeRow['status'][], to: (charge: ChargeRow) => Change): ChargeRow;
}

/** @param onMovement is called within the transaction of each movement */
export function createChargeBook(db: DatabaseSync, onMovement: (movement: Movement) => void): ChargeBook {
  const selectCharge = db.prepare('SELECT * FROM charges WHERE key = ?');
  const insertMovement = db.prepare(
    'INSERT INTO movements (at, charge_key, kind, amount_minor, request_key) VALUES (?, ?, ?, ?, ?)',
  );
  const insertCharge = db.prepare(`
    INSERT INTO charges (key, position, reference, card, currency, amount_minor, status, decline_reason, changed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const updateCharge = db.prepare(
    'UPDATE charges SET status = ?, decline_reason = ?, wrong_codes = ?, changed_at = ? WHERE key = ?',
  );

  const find = (key: string) => selectCharge.get(key) as unknown as ChargeRow | undefined;
  const now = () => new Date().toISOString();

  function move(movement: Movement): number | bigint {
    const { kind, chargeKey, amountMinor, requestKey } = movement;
    onMovement(movement);
    return insertMovement.run(now(), chargeKey, kind, amountMinor, requestKey).lastInsertRowid;
  }

  function make(charge: Omit<ChargeRow, 'refunded_minor' | 'wrong_codes'>): ChargeRow {
    const { key, reference, card, currency, amount_minor, status, decline_reason } = charge;
    const position = move({
      kind: status,
      chargeKey: key,
      amountMinor: amount_minor,
      requestKey: key,
      reason: decline_reason,
    });
    insertCharge.run(key, position, reference, card, currency, amount_minor, status, decline_reason, now());
    return { ...charge, refunded_minor: 0, wrong_codes: 0 };
  }

  function change(key: string, from: readonly ChargeRow['status'][], to: (charge: ChargeRow) => Change): ChargeRow {
    return inTransaction(db, () => {
      const charge = find(key);
      if (charge === undefined) throw new CodedError('NOT_FOUND', 'There is no such charge.');
      if (!from.includes(charge.status)) return charge;
      const changed = { ...charge, ...to(charge) };
      const { status, decline_reason, wrong_codes, amount_minor } = changed;
      updateCharge.run(status, decline_reason, wrong_codes, now(), key);
      if (status !== charge.status) {
        move({ kind: status, chargeKey: key, amountMinor: amount_minor, requestKey: key, reason: decline_reason });
      }
      return changed;
    });
  }

  return { find, move, make, change };
}
