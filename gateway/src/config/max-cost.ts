/** More is told and counted as this: lists inside lists can be estimated at more than a sum of a metric stands. */
export const MAX_COST = 1_000_000_000;
