import { describe, expect, it } from 'vitest';
import { anyOf, type Conjunction, noneOf } from './conditions.ts';
import { PlanningError } from './planning-error.ts';

const all = (...variables: string[]): Conjunction => variables.map((variable) => ({ variable, is: true }));

describe('conditions', () => {
  it('that exclude many places of several conditions each are refused, not written out', () => {
    const places = (count: number) =>
      Array.from({ length: count }, (_, index) => all(`a${index}`, `b${index}`, `c${index}`));
    expect(noneOf(places(4), [])).toHaveLength(81);
    const startedMs = performance.now();
    // 3^30 alternatives.
    expect(() => noneOf(places(30), [])).toThrow(PlanningError);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  it('of which one must hold are refused where they are too many', () => {
    const places = Array.from({ length: 201 }, (_, index) => all(`a${index}`));
    expect(anyOf(places.slice(1))).toHaveLength(200);
    expect(() => anyOf(places)).toThrow(PlanningError);
  });
});
