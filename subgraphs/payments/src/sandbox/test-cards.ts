/** Why a charge was refused, in the sandbox's words. */
export type CardRefusal = 'CARD_DECLINED' | 'INSUFFICIENT_FUNDS';

/** A test card: what is shown of it, and how it behaves. */
export interface TestCard {
  readonly brand: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
  /** Of a new charge; default AUTHORIZED. */
  readonly authorization?: 'CHALLENGED' | CardRefusal;
  /** How long the bank thinks about a new charge. */
  readonly delayMs?: number;
  /** A new charge is made, and the answer to it never arrives. */
  readonly losesAnswer?: boolean;
  readonly refusesCapture?: boolean;
  readonly refusesRefund?: boolean;
}

const visa = (last4: string): TestCard => ({ brand: 'Visa', last4, expiryMonth: 12, expiryYear: 2030 });

/** The sandbox's test cards, by token. */
export const testCards: ReadonlyMap<string, TestCard> = new Map(
  Object.entries<TestCard>({
    tok_visa: visa('4242'),
    tok_mastercard: { ...visa('4444'), brand: 'Mastercard' },
    tok_declined: { ...visa('0002'), authorization: 'CARD_DECLINED' },
    tok_insufficient_funds: { ...visa('9995'), authorization: 'INSUFFICIENT_FUNDS' },
    tok_slow: { ...visa('0150'), delayMs: 1500 },
    tok_timeout_then_charged: { ...visa('0408'), losesAnswer: true },
    tok_challenge: { ...visa('3220'), authorization: 'CHALLENGED' },
    tok_capture_fails: { ...visa('0341'), refusesCapture: true },
    tok_refund_fails: { ...visa('7726'), refusesRefund: true },
  }),
);

/** What a challenged customer has to answer. */
export const CHALLENGE_CODE = '123456';
export const MAX_WRONG_CODES = 3;
