import { eventInvariants } from './event-invariants.ts';
import { followerInvariants } from './follower-invariants.ts';
import type { Invariant } from './invariant.ts';
import { moneyInvariants } from './money-invariants.ts';
import { orderInvariants } from './order-invariants.ts';
import { stockInvariants } from './stock-invariants.ts';

/** All that the checker checks, in the order of the report. */
export const invariants: readonly Invariant[] = [
  ...orderInvariants,
  ...stockInvariants,
  ...moneyInvariants,
  ...eventInvariants,
  ...followerInvariants,
];
