import { expect, it } from 'vitest';
import { StandingQueue } from './standing-queue.ts';

/** What is there every 50 ms. */
function seen(lengths: readonly number[], queue = new StandingQueue(), fromMs = 0): StandingQueue {
  for (const [index, waiting] of lengths.entries()) queue.note(fromMs + index * 50, waiting, 64, 0);
  return queue;
}
const lengths = (count: number, lengthOf: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => lengthOf(index));

it('does not stand while a burst is worked off, however long that takes', () => {
  expect(seen([10, 36, ...lengths(200, (index) => 36 - index / 8)]).isStanding).toBe(false);
});

it('does not stand where as many wait as clients wait for answers before they ask again', () => {
  expect(seen([1, 20, ...lengths(400, () => 36)]).isStanding).toBe(false);
  // Some of them were answered just now, and have not asked again yet.
  expect(seen([1, 20, ...lengths(400, (index) => 36 - (index % 7))]).isStanding).toBe(false);
});

it('stands within 1.1 s where more comes than can be done, until it is empty', () => {
  const queue = seen(lengths(23, (index) => 1 + index));
  expect(queue.isStanding).toBe(true);
  expect(seen([100, 20, 1], queue, 1150).isStanding).toBe(true);
  expect(seen([0, 50], queue, 1300).isStanding).toBe(false);
});

it('stands where there is no place for what comes, in the queue or before it', () => {
  const queue = new StandingQueue();
  for (const [index, waiting] of lengths(30, () => 10).entries()) {
    queue.note(50 * index, waiting, 64, 500 + 2 * Math.max(0, index - 12));
  }
  expect(queue.isStanding).toBe(true);
});

it('does not stand after a burst that there was no place for', () => {
  const queue = new StandingQueue();
  queue.note(0, 10, 64, 0);
  for (let index = 1; index < 200; index++) queue.note(50 * index, 300 - index, 64, 500);
  expect(queue.isStanding).toBe(false);
});

it('stands in the end where hardly more comes than can be done', () => {
  expect(seen(lengths(200, (index) => 1 + index / 10)).isStanding).toBe(true);
});

it('does not stand where it is empty from time to time', () => {
  expect(seen(lengths(400, (index) => index % 15)).isStanding).toBe(false);
});
