import { expect, it } from 'vitest';
import { drawLabels } from './override-labels.ts';

it('draws percentages for each request', () => {
  const on = (label: string, drawn: number) => drawLabels([label], new Set(), () => drawn).get(label);
  expect([on('percent(25)', 0.2499), on('percent(25)', 0.25)]).toEqual([true, false]);
  expect([on('percent(0)', 0), on('percent(100)', 0.999_999)]).toEqual([false, true]);
  expect(on('percent(0.5)', 0.004)).toBe(true);
});

it('knows other labels by the configuration', () => {
  expect([...drawLabels(['a', 'b'], new Set(['b', 'c']))]).toEqual([
    ['a', false],
    ['b', true],
  ]);
});
