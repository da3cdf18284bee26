import { until } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { ReadingTurns } from './reading-turns.ts';

it('gives turns one at a time, to whoever began first', async () => {
  const turns = new ReadingTurns();
  const given: string[] = [];
  const join = (name: string, beganMs: number) => turns.wait(beganMs, () => given.push(name));
  join('third', 3);
  join('second', 2);
  const leave = join('left', 0);
  // It comes back with its next slice before the others have had any.
  turns.wait(1, () => {
    given.push('first');
    join('first', 1);
  });
  leave();
  await until('all of them', () => given.length === 4);
  expect(given).toEqual(['first', 'first', 'second', 'third']);
});

it('gives none for a while after each', async () => {
  const turns = new ReadingTurns();
  const givenMs: number[] = [];
  for (let count = 0; count < 11; count++) turns.wait(count, () => givenMs.push(performance.now()));
  await until('all of them', () => givenMs.length === 11);
  // Of whole milliseconds of the event loop's clock, the first of which may have been nearly over.
  expect((givenMs.at(-1) ?? 0) - (givenMs[0] ?? 0)).toBeGreaterThanOrEqual(8);
});
