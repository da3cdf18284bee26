import { expect, test } from 'vitest';
import { isTraded, money } from './money.ts';

test('money is an amount in a currency', () =>
  expect(money(1099, 'EUR')).toEqual({ amountMinor: 1099, currency: 'EUR' }));

test.each([
  ['EUR', true],
  ['GBP', true],
  ['JPY', false],
  ['eur', false],
  ['', false],
  ['constructor', false],
])('%j is traded in: %s', (currency, traded) => expect(isTraded(currency)).toBe(traded));
