import { expect, it } from 'vitest';
import { trialBalance } from './trial-balance.ts';

it('the trial balance says so when the sides of a currency are not equal', () => {
  const sums = { account: 'SALES_REVENUE', balanceMinor: '' } as const;
  const { totals } = trialBalance(new Date(0), [
    { ...sums, currency: 'EUR', debitsMinor: '9007199254740993', creditsMinor: '1' },
    { ...sums, currency: 'EUR', debitsMinor: '0', creditsMinor: '9007199254740992' },
    { ...sums, currency: 'USD', debitsMinor: '9007199254740993', creditsMinor: '9007199254740992' },
  ]);
  expect(totals).toEqual([
    { currency: 'EUR', debitsMinor: '9007199254740993', creditsMinor: '9007199254740993', isBalanced: true },
    { currency: 'USD', debitsMinor: '9007199254740993', creditsMinor: '9007199254740992', isBalanced: false },
  ]);
});
