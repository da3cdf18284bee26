import { expect, test } from 'vitest';
import { EXECUTION_LIMITS } from './execution-limits.ts';
import { RequestBudget } from './request-budget.ts';

function budgetOf(limits: Partial<typeof EXECUTION_LIMITS>) {
  const counted: string[] = [];
  return { counted, budget: new RequestBudget({ ...EXECUTION_LIMITS, ...limits }, (limit) => counted.push(limit)) };
}

test('entities that are too many are not taken, and others may be', () => {
  const { budget, counted } = budgetOf({ entities: 10 });
  expect([6, 5, 4, 1].map((count) => budget.takeEntities(count))).toEqual([true, false, true, false]);
  expect(budget).toMatchObject({ exceeded: 'entities', isSpent: false });
  expect(counted).toEqual(['entities']);
});

test('after the first bytes too many there are none', () => {
  const { budget, counted } = budgetOf({ subgraphBytes: 10 });
  expect([6, 4].map((bytes) => budget.takeBytes(bytes))).toEqual([true, true]);
  expect(budget.isSpent).toBe(false);
  expect([1, 1].map((bytes) => budget.takeBytes(bytes))).toEqual([false, false]);
  expect(budget).toMatchObject({ exceeded: 'subgraph_bytes', isSpent: true });
  expect(counted).toEqual(['subgraph_bytes']);
});
