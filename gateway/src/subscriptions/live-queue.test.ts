import { CodedError } from '@tributary/service-kit';
import { expect, it } from 'vitest';
import type { LiveResult } from './live-operation.ts';
import { LiveQueue } from './live-queue.ts';
import { WaitingBytes } from './waiting-bytes.ts';

const result: LiveResult = { result: { data: '{}', errors: [] }, eventId: undefined, requestId: '1' };
const DONE = { done: true, value: undefined };

it.each([
  ['completed', undefined],
  ['failed', new CodedError('SUBSCRIPTION_UNAVAILABLE')],
] as const)(
  'says that it was too slow where what it had not taken is given up, though it had %s',
  async (end, error) => {
    const queue = new LiveQueue(5, new WaitingBytes(), () => {});
    queue.push(result);
    queue.finish(end, error);
    queue.giveUp();
    expect(await queue.next()).toEqual(DONE);
    expect(queue.end).toBe('slow_consumer');
  },
);

it('says how it has ended where all was taken by then', async () => {
  const queue = new LiveQueue(5, new WaitingBytes(), () => {});
  queue.push(result);
  queue.finish('completed');
  expect(await queue.next()).toEqual({ done: false, value: result });
  queue.giveUp();
  expect(await queue.next()).toEqual(DONE);
  expect(queue.end).toBe('completed');
});
