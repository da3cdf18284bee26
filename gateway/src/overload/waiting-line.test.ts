import { expect, it } from 'vitest';
import { WaitingLine } from './waiting-line.ts';

it('WaitingLine gives out by priority, then by age, without those that have left', () => {
  const line = new WaitingLine<string>();
  for (const name of ['a', 'b', 'c']) line.join(`low ${name}`, 'low');
  for (const name of ['a', 'b']) line.join(`high ${name}`, 'high');
  line.join('normal', 'normal');
  line.leave('low b', 'low');
  line.leave('low b', 'low');
  expect([line.length, line.first('low'), line.first('high')]).toEqual([5, 'low a', 'high a']);
  expect([line.ahead('high'), line.ahead('normal'), line.ahead('low')]).toEqual([2, 3, 5]);
  const taken = Array.from({ length: 6 }, () => line.take());
  expect(taken).toEqual(['high a', 'high b', 'normal', 'low a', 'low c', undefined]);
  expect([line.length, line.first('low')]).toEqual([0, undefined]);
});
