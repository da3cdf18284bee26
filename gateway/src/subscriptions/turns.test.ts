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
