import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
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
  const candidate = { planner, plans: new BoundedCache(1000), rest: () => {} };
  const generation = new Generation(candidate as unknown as Candidate, buildSchema('type Query { a: Int b: Int }'));
  await generation.warm(['{ a }', '{ b }'].map((text) => ({ name: text, text })));
  expect(asked).toHaveLength(1);
});
