import { buildSchema, type GraphQLSchema } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BoundedCache } from '../bounded-cache.ts';
import { PlanningError } from '../planner/planning-error.ts';
import type { Candidate } from './candidate.ts';
import { Generation } from './generation.ts';

it('a generation that is given up while known operations are planned asks for no further planner', async () => {
  const asked: string[] = [];
  const planner = {
    isPlanning: () => false,
    async plan({ text }: { text: string }) {
      asked.push(text);
      generation.retire();
      throw new PlanningError('closed', 'The planner was closed.');
    },
  };
  const candidate = {
    memory: { documents: 1000, refusals: 1000 },
    planner,
    plans: new BoundedCache(1000),
    rest: () => {},
  };
  const generation = new Generation(candidate as unknown as Candidate, buildSchema('type Query { a: Int b: Int }'));
  await generation.warm(['{ a }', '{ b }'].map((text) => ({ name: text, text })));
  expect(asked).toHaveLength(1);
});

it('a known operation that a generation has not keeps none of those behind it from being planned', async () => {
  const asked: string[] = [];
  const planner = {
    isPlanning: () => false,
    async plan({ text }: { text: string }) {
      asked.push(text);
      throw new PlanningError('failed', 'It has no plan.');
    },
  };
  const candidate = { memory: { documents: 1000, refusals: 1000 }, planner, plans: new BoundedCache(1000) };
  const generation = new Generation(candidate as unknown as Candidate, buildSchema('type Query { a: Int }'));
  await generation.warm(['subscription { a }', '{ gone }', '{ a }'].map((text) => ({ name: text, text })));
  expect(asked).toHaveLength(1);
});

describe('version lines of a generation', () => {
  afterEach(() => void vi.useRealTimers());
  const schema = buildSchema('type Query { a: Int }');
  const over = (lineSchema: (major: number) => Promise<GraphQLSchema>) =>
    new Generation({ memory: { documents: 1000, refusals: 1000 }, lineSchema } as unknown as Candidate, schema);

  it('are cut once each, however many ask at the same time', async () => {
    const cut: number[] = [];
    const generation = over(async (major) => {
      cut.push(major);
      return schema;
    });
    await Promise.all([generation.cut([1, 2]), generation.cut([2]), generation.cut([1])]);
    await generation.cut([1, 2]);
    expect(cut.toSorted()).toEqual([1, 2]);
    expect([generation.view(1)?.schema, generation.view(3)]).toEqual([schema, undefined]);
    expect(generation.view(1)?.documents).not.toBe(generation.view(2)?.documents);
  });

  it('are tried again, and not at once, where they cannot be cut', async () => {
    vi.useFakeTimers();
    let tries = 0;
    const generation = over(async () => {
      if (++tries === 1) throw new PlanningError('failed', 'It cannot be cut.');
      return schema;
    });
    for (let request = 0; request < 3; request++)
      await expect(generation.cut([1])).rejects.toThrow('It cannot be cut.');
    expect(tries).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    await generation.cut([1]);
    expect([tries, generation.view(1)?.schema]).toEqual([2, schema]);
  });
});
