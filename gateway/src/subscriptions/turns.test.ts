import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('holds up by a slow subgraph only what asks it', async () => {
  const turns = new Turns();
  const slow = Promise.withResolvers<void>();
  let begun = 0;
  for (let group = 0; group < 100; group++) {
    turns.add('items stock', String(group), () => {
      begun++;
      return slow.promise;
    });
  }
  expect(begun).toBe(32);
  const done: string[] = [];
  for (const name of ['1', '2']) turns.add('items', 'a', async () => void done.push(name));
  turns.add('items', 'b', async () => void done.push('3'));
  await new Promise(setImmediate);
  expect(done).toEqual(['1', '3', '2']);
  slow.resolve();
  await turns.done();
  expect(begun).toBe(100);
});

it('keeps nothing of lanes in which nothing is done', async () => {
  const turns = new Turns();
  const first = Promise.withResolvers<void>();
  for (let lane = 0; lane < 100; lane++) turns.add(`lane ${lane}`, 'a', () => first.promise);
  const done: string[] = [];
  turns.add('lane 0', 'a', async () => {
    done.push('1');
    // What comes at its end is done, too.
    turns.add('lane 0', 'b', async () => void done.push('2'));
  });
  expect(turns.lanes).toBe(100);
  first.resolve();
  await turns.done();
  await new Promise(setImmediate);
  expect([turns.lanes, done]).toEqual([0, ['1', '2']]);
  turns.add('lane 0', 'a', async () => void done.push('3'));
  await turns.done();
  expect(done).toEqual(['1', '2', '3']);
});
