/** An amount in the currency's minor unit; `type Money` of the schema. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

const CURRENCIES: readonly string[] = ['EUR', 'USD', 'GBP'];

/** Whether the shop trades in it. */
export const isTraded = (currency: string): boolean => CURRENCIES.includes(currency);
