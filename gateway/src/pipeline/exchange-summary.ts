import { knownCode } from '@tributary/service-kit';
import type { Exchange } from './exchange.ts';

/** What an exchange has come to, as far as metrics and access lines tell it. */
export interface ExchangeSummary {
  /** Of its errors, or of what it was refused with: known ones. */
  readonly codes: readonly string[];
  readonly hasData: boolean;
}

const NO_CODES: readonly string[] = [];

export function summaryOf({ result, refusals, live }: Exchange): ExchangeSummary {
  const errors = result?.errors ?? refusals;
  return {
    codes: errors.length === 0 ? NO_CODES : errors.map(({ code }) => knownCode(code)),
    hasData: live !== undefined || (result !== undefined && result.data !== 'null'),
  };
}
