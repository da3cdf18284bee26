import type { DatabaseSync } from 'node:sqlite';
import { createChargeBook } from './charge-book.ts';
import { inTransaction } from './in-transaction.ts';
import { keyReused } from './key-reused.ts';
import type { ChargeRow, Movement } from './ledger-rows.ts';
import { createRefundCharge, type RefundCharge } from './refund-charge.ts';
import { CHALLENGE_CODE, MAX_WRONG_CODES, testCards } from './test-cards.ts';

export interface ChargeRequest {
  key: string;
  token: string;
  amountMinor: number;
  currency: string;
  reference: string;
}

/** The sandbox's books. Each call may be repeated: it then gives what is there. */
export interface SandboxLedger {
  find(key: string): ChargeRow | undefined;
  /** @throws CodedError BAD_USER_INPUT when the key was used for something else */
  authorize(request: ChargeRequest): { charge: ChargeRow; isNew: boolean };
  /** @throws CodedError NOT_FOUND */
  answerChallenge(key: string, code: string): ChargeRow;
  /** @throws CodedError NOT_FOUND */
  capture(key: string): ChargeRow;
  /** Of a key that is not there yet, nothing will ever be charged. */
  void(key: string): ChargeRow;
  refund: RefundCharge;
}

/** @param onMovement is called within the transaction of each movement */
export function createSandboxLedger(db: DatabaseSync, onMovement: (movement: Movement) => void): SandboxLedger {
  const book = createChargeBook(db, onMovement);
  const { find, make, change } = book;
  return {
    find,
    authorize: ({ key, token, amountMinor, currency, reference }) =>
      inTransaction(db, () => {
        const earlier = find(key);
        if (earlier === undefined) {
          const made = { key, reference, card: token, currency, amount_minor: amountMinor, ...outcomeOf(token) };
          return { charge: make(made), isNew: true };
        }
        const asked = [token, amountMinor, currency, reference];
        const made = [earlier.card, earlier.amount_minor, earlier.currency, earlier.reference];
        if (earlier.card !== null && asked.some((value, index) => value !== made[index])) throw keyReused();
        return { charge: earlier, isNew: false };
      }),
    answerChallenge: (key, code) =>
      change(key, ['CHALLENGED'], (charge) => {
        if (code === CHALLENGE_CODE) return { status: 'AUTHORIZED' };
        const wrong_codes = charge.wrong_codes + 1;
        if (wrong_codes < MAX_WRONG_CODES) return { status: 'CHALLENGED', wrong_codes };
        return { status: 'DECLINED', decline_reason: 'CHALLENGE_FAILED', wrong_codes };
      }),
    capture: (key) =>
      change(key, ['AUTHORIZED'], ({ card }) =>
        testCards.get(card ?? '')?.refusesCapture
          ? { status: 'DECLINED', decline_reason: 'CAPTURE_FAILED' }
          : { status: 'CAPTURED' },
      ),
    void(key) {
      const tombstone = { reference: null, card: null, currency: null, amount_minor: 0, decline_reason: null };
      const made = inTransaction(db, () =>
        find(key) === undefined ? make({ key, status: 'VOIDED', ...tombstone }) : undefined,
      );
      return made ?? change(key, ['CHALLENGED', 'AUTHORIZED'], () => ({ status: 'VOIDED' }));
    },
    refund: createRefundCharge(db, book),
  };
}

function outcomeOf(token: string): Pick<ChargeRow, 'status' | 'decline_reason'> {
  const card = testCards.get(token);
  if (card === undefined) return { status: 'DECLINED', decline_reason: 'CARD_DECLINED' };
  const { authorization = 'AUTHORIZED' } = card;
  if (authorization === 'AUTHORIZED' || authorization === 'CHALLENGED') {
    return { status: authorization, decline_reason: null };
  }
  return { status: 'DECLINED', decline_reason: authorization };
}
