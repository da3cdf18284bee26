/** An amount in the currency's minor unit; `type Money` of the schemas. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

export const money = (amountMinor: number, currency: string): Money => ({ amountMinor, currency });

/** What is traded in. The demo catalogue's prices are in the first. */
export const CURRENCIES = ['EUR', 'USD', 'GBP'] as const;
export type Currency = (typeof CURRENCIES)[number];

/** Whether anything can have a price in it. */
export const isTraded = (currency: string): currency is Currency =>
  (CURRENCIES as readonly string[]).includes(currency);
