/**
 * Whether a rare event was counted within a window: the counter has grown, or it is there now and was not before. A
 * counter with labels has no series before its first increment, which `increase` alone would not see.
 */
export const countedWithin = (selector: string, window: string): string =>
  `(increase(${selector}[${window}]) > 0 or (${selector} > 0 unless ${selector} offset ${window}))`;
