import { expect, it } from 'vitest';
import type { LiveResult } from './live-operation.ts';
import { LiveQueue } from './live-queue.ts';
import { WaitingBytes } from './waiting-bytes.ts';

const resultOf = (length: number): LiveResult => ({
  ...{ result: { data: 'x'.repeat(length), errors: [] }, eventId: undefined, requestId: '1' },
});

it('counts what waits for many once, until the last of them has it', async () => {
  const waiting = new WaitingBytes(1000);
  const queues = Array.from({ length: 100 }, () => new LiveQueue(10, waiting, () => {}));
  const results = Array.from({ length: 9 }, () => resultOf(100));
  for (const queue of queues) for (const result of results) queue.push(result);
  expect(waiting.bytes).toBe(900);
  expect(queues.every(({ isOver }) => !isOver)).toBe(true);
  const [last, ...others] = queues;
  for (const queue of others) await queue.return();
  expect(waiting.bytes).toBe(900);
  for (const _ of results) await last?.next();
  expect(waiting.bytes).toBe(0);
});

it('ends who has most waiting, and nobody else, where it is too much', async () => {
  const waiting = new WaitingBytes(1000);
  const [slow, good] = [new LiveQueue(64, waiting, () => {}), new LiveQueue(64, waiting, () => {})];
  slow.push(resultOf(400));
  good.push(resultOf(300));
  slow.push(resultOf(299));
  expect([slow.end, waiting.bytes]).toEqual([undefined, 999]);
  good.push(resultOf(2));
  expect([slow.end, good.end, waiting.bytes]).toEqual(['slow_consumer', undefined, 302]);
  expect(await slow.next()).toEqual({ done: true, value: undefined });
  expect((await good.next()).value?.result.data).toHaveLength(300);
});

it('ends who alone has more than there may be', () => {
  const waiting = new WaitingBytes(1000);
  const queue = new LiveQueue(64, waiting, () => {});
  queue.push(resultOf(1001));
  expect([queue.end, waiting.bytes]).toEqual(['slow_consumer', 0]);
});
