import type { DECLINE_REASONS } from '../tables.ts';

export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** A charge as the provider knows it. */
export type Charge =
  | { readonly status: 'AUTHORIZED' | 'CAPTURED' | 'VOIDED' }
  | { readonly status: 'CHALLENGED'; readonly url: string; readonly instructions: string }
  | { readonly status: 'DECLINED'; readonly reason: DeclineReason };

/** What may be shown of a card. */
export interface CardDescription {
  readonly brand: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
  /** Of a test card, which everybody may keep; any other is kept by one user, once. */
  readonly isShared: boolean;
}

/** A charge or a refund in the provider's books; a key that was voided before anything was charged is neither. */
export interface StatementEntry {
  readonly kind: 'CHARGE' | 'REFUND';
  readonly key: string;
  /** Of a charge: a `Charge`'s; of a refund: SUCCEEDED or FAILED. */
  readonly status: Charge['status'] | 'SUCCEEDED' | 'FAILED';
  readonly amountMinor: number;
  readonly currency: string;
  /** When it came to be what it is. */
  readonly at: Date;
}

/**
 * Who moves the money. A charge and a refund are named by keys of ours. Each call may be repeated with its key: it then
 * takes no effect a second time, and gives what is there. A call that fails or is late has an unknown outcome.
 */
export interface PaymentProvider {
  /**
   * Keeps the card behind a token for a user of ours, so that it can be charged; undefined when there is none, its bank
   * refuses it, or it is somebody else's.
   */
  keepCard(token: string, userId: string, signal: AbortSignal): Promise<CardDescription | undefined>;
  /** Lets go of a card that was kept: it can be charged no more, and not be kept again. */
  releaseCard(token: string, signal: AbortSignal): Promise<void>;
  /**
   * Asks the bank to set `amountMinor` aside.
   *
   * @param charge its `reference`, the order's id, is for whoever reads the provider's books
   */
  authorize(
    charge: { key: string; token: string; amountMinor: number; currency: string; reference: string },
    signal: AbortSignal,
  ): Promise<Charge>;
  /** What became of a charge; undefined when the provider has never heard of it. */
  find(key: string, signal: AbortSignal): Promise<Charge | undefined>;
  /** Passes on what the customer answers to the bank; a charge that is still CHALLENGED means a wrong code. */
  answerChallenge(key: string, code: string, signal: AbortSignal): Promise<Charge>;
  /** Collects what was set aside, all of it. */
  capture(key: string, signal: AbortSignal): Promise<Charge>;
  /** Lets go of what was set aside; a charge that is not there yet is never made. What is captured stays so. */
  void(key: string, signal: AbortSignal): Promise<Charge>;
  /** Gives a part of a captured charge back. */
  refund(
    refund: { key: string; chargeKey: string; amountMinor: number },
    signal: AbortSignal,
  ): Promise<'SUCCEEDED' | 'FAILED'>;
  /**
   * Every charge and refund that has changed at or after `since`. Older refunds may come as well, where the provider does
   * not say when a refund has changed.
   */
  statement(since: Date, signal: AbortSignal): AsyncIterable<StatementEntry>;
}
