import type { Random } from '../random.ts';

/** What a customer does with one order. */
export interface Manner {
  card: string;
  /** What the bank is answered when it asks. */
  challenge: 'right' | 'wrong' | 'none';
  /** Requests at once with one key. */
  submissions: number;
  /** When it is cancelled, after the answer; never where it is undefined. */
  cancelAfterMs?: number;
  /** Once it is paid. */
  afterwards?: 'return all' | 'return some' | 'refund all' | 'refund some';
}

/** How often each card is used, in percent, and how its challenges are answered. */
const CARDS: readonly [percent: number, Pick<Manner, 'card' | 'challenge'>][] = [
  [27, { card: 'tok_visa', challenge: 'none' }],
  [14, { card: 'tok_mastercard', challenge: 'none' }],
  [6, { card: 'tok_declined', challenge: 'none' }],
  [5, { card: 'tok_insufficient_funds', challenge: 'none' }],
  [9, { card: 'tok_slow', challenge: 'none' }],
  [6, { card: 'tok_timeout_then_charged', challenge: 'none' }],
  [10, { card: 'tok_challenge', challenge: 'right' }],
  [3, { card: 'tok_challenge', challenge: 'wrong' }],
  [16, { card: 'tok_challenge', challenge: 'none' }],
  [4, { card: 'tok_capture_fails', challenge: 'none' }],
];

export const cards: readonly string[] = [...new Set(CARDS.map(([, { card }]) => card))];

const SUBMISSIONS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 5];
const CANCELLED = 0.12;
/** Long enough to meet an order at any of its stages. */
const CANCEL_WITHIN_MS = 6000;
const SENT_BACK = 0.3;
const REFUNDED = 0.2;

export function drawManner(random: Random): Manner {
  const manner: Manner = { ...drawCard(random), submissions: random.pick(SUBMISSIONS) };
  if (random.chance(CANCELLED)) return { ...manner, cancelAfterMs: random.between(0, CANCEL_WITHIN_MS) };
  if (random.chance(SENT_BACK)) return { ...manner, afterwards: random.pick(['return all', 'return some']) };
  if (random.chance(REFUNDED)) return { ...manner, afterwards: random.pick(['refund all', 'refund some']) };
  return manner;
}

function drawCard(random: Random): Pick<Manner, 'card' | 'challenge'> {
  let left = random.between(0, 99);
  for (const [percent, card] of CARDS) {
    left -= percent;
    if (left < 0) return card;
  }
  throw new Error('the percentages of the cards are not 100 together');
}
