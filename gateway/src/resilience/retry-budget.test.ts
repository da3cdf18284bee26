import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

describe('the budget of retries', () => {
  it('grants one to a subgraph that is asked once in a while', () => {
    const budget = new RetryBudget(0.1);
    const taken = [0, 20_000, 40_000, 60_000].map((nowMs) => {
      budget.save();
      return budget.take(nowMs);
    });
    expect(taken).toEqual([true, true, true, true]);
  });

  it('saves up no more than a hundred', () => {
    const budget = new RetryBudget(0.1);
    for (let index = 0; index < 10_000; index++) budget.save();
    let taken = 0;
    while (budget.take(1)) taken++;
    expect(taken).toBe(100);
  });

  it('is never more than a tenth of what was sent within ten seconds, once that is ten or more', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 10, maxLength: 300 }), (fails) => {
        const budget = new RetryBudget(0.1);
        let taken = 0;
        for (const [index, isFailure] of fails.entries()) {
          budget.save();
          if (isFailure && budget.take(index)) taken++;
          if (index >= 9) expect(taken).toBeLessThanOrEqual((index + 1) * 0.1 + 1e-9);
        }
      }),
    );
  });

  it('of nothing is none', () => {
    const budget = new RetryBudget(0);
    budget.save();
    expect(budget.take(0)).toBe(false);
  });
});
