import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SHIPPING_WEIGHT_GRAMS, shippingCost, shipsTo } from './shipping.ts';

describe('shipping costs', () => {
  it.each([
    [0, 'DE', 'EUR', 490],
    [1000, 'DE', 'EUR', 490],
    [1001, 'DE', 'EUR', 690],
    [10_000, 'FR', 'GBP', 1690],
    [31_500, 'DE', 'EUR', 1690],
    [31_501, 'DE', 'EUR', 1690 + 490],
    [63_000, 'US', 'USD', 2 * 8790],
  ] as const)('of %i g to %s in %s', (grams, country, currency, minor) => {
    expect(shippingCost(grams, country, currency)).toBe(minor);
  });

  it('are none where nothing is sent to, nor for what is too heavy', () => {
    expect(shippingCost(1000, 'AQ', 'EUR')).toBeUndefined();
    expect(shipsTo('AQ')).toBe(false);
    expect(shippingCost(MAX_SHIPPING_WEIGHT_GRAMS, 'DE', 'EUR')).toBeGreaterThan(0);
    expect(shippingCost(MAX_SHIPPING_WEIGHT_GRAMS + 1, 'DE', 'EUR')).toBeUndefined();
  });

  it('never fall with weight within a parcel', () => {
    const grams = fc.integer({ min: 0, max: 31_500 });
    fc.assert(
      fc.property(grams, grams, (a, b) => {
        const cost = (weight: number) => shippingCost(weight, 'AT', 'EUR') ?? Number.NaN;
        return cost(Math.min(a, b)) <= cost(Math.max(a, b));
      }),
    );
  });
});
