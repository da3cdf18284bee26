import { expect, it } from 'vitest';
import { PriorityQueue } from './priority-queue.ts';

it('PriorityQueue gives out by priority, then by age, without those that have left', () => {
  const queue = new PriorityQueue<string>();
  for (const name of ['a', 'b', 'c']) queue.join(`low ${name}`, 'low');
  for (const name of ['a', 'b']) queue.join(`high ${name}`, 'high');
  queue.join('normal', 'normal');
  queue.leave('low b', 'low');
  queue.leave('low b', 'low');
  expect([queue.length, queue.first('low'), queue.first('high')]).toEqual([5, 'low a', 'high a']);
  expect([queue.ahead('high'), queue.ahead('normal'), queue.ahead('low')]).toEqual([2, 3, 5]);
  const taken = Array.from({ length: 6 }, () => queue.take());
  expect(taken).toEqual(['high a', 'high b', 'normal', 'low a', 'low c', undefined]);
  expect([queue.length, queue.first('low')]).toEqual([0, undefined]);
});
