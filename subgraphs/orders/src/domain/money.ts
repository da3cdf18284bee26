/** An amount in the currency's minor unit; `type Money` of the schema. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/** What the shop trades in. The catalogue's prices are in EUR. */
export const CURRENCIES = ['EUR', 'USD', 'GBP'] as const;
export type Currency = (typeof CURRENCIES)[number];

export const isTraded = (currency: string): currency is Currency =>
  (CURRENCIES as readonly string[]).includes(currency);

export const money = (amountMinor: number, currency: string): Money => ({ amountMinor, currency });
