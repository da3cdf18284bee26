import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnAmount } from './return-amount.ts';

const order = { totalMinor: 3490, shippingMinor: 490 };
const lines = [
  { productId: 'a', quantity: 2, unitPriceMinor: 1000 },
  { productId: 'b', quantity: 1, unitPriceMinor: 1000 },
];
const amount = (returned: Record<string, number>, before: Record<string, number> = {}, refundedMinor = 0) =>
  returnAmount(order, lines, new Map(Object.entries(returned)), new Map(Object.entries(before)), refundedMinor);

describe('what a return is worth', () => {
  it('is what the articles cost', () => {
    expect(amount({ a: 1 })).toBe(1000);
    expect(amount({ a: 1, b: 1 })).toBe(2000);
  });

  it('includes the shipping costs once nothing is left, whether at once or bit by bit', () => {
    expect(amount({ a: 2, b: 1 })).toBe(3490);
    expect(amount({ a: 1 }, { a: 1, b: 1 }, 2000)).toBe(1490);
  });

  it('is never more than what was not paid back yet', () => {
    expect(amount({ a: 2, b: 1 }, {}, 3000)).toBe(490);
    expect(amount({ a: 1 }, {}, 3490)).toBe(0);
  });

  it('adds up to the whole amount, however an order is sent back', () => {
    const parts = fc.array(fc.constantFrom('a', 'b'), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(parts, (asked) => {
        const before: Record<string, number> = {};
        let refunded = 0;
        for (const id of [...asked, 'a', 'a', 'b']) {
          if ((before[id] ?? 0) >= (lines.find(({ productId }) => productId === id)?.quantity ?? 0)) continue;
          refunded += amount({ [id]: 1 }, before, refunded);
          before[id] = (before[id] ?? 0) + 1;
        }
        return refunded === order.totalMinor;
      }),
    );
  });
});
