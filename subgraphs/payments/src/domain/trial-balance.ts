import type { AccountSums } from '../store/ledger-store.ts';

/** The ledger's accounts at a time, and both sides of them by currency. */
export interface TrialBalance {
  asOf: Date;
  accounts: AccountSums[];
  totals: { currency: string; debitsMinor: string; creditsMinor: string; isBalanced: boolean }[];
}

/** @param accounts in the order of their currencies, which the totals keep */
export function trialBalance(asOf: Date, accounts: AccountSums[]): TrialBalance {
  const totals = Array.from(
    Map.groupBy(accounts, ({ currency }) => currency),
    ([currency, ofCurrency]) => {
      const sum = (side: 'debitsMinor' | 'creditsMinor') =>
        ofCurrency.reduce((total, account) => total + BigInt(account[side]), 0n).toString();
      const [debitsMinor, creditsMinor] = [sum('debitsMinor'), sum('creditsMinor')];
      return { currency, debitsMinor, creditsMinor, isBalanced: debitsMinor === creditsMinor };
    },
  );
  return { asOf, accounts, totals };
}
