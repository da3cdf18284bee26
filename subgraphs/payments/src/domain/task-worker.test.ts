import { trace } from '@opentelemetry/api';
import { createLogger } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { createTaskWorker, type Task } from './task-worker.ts';

/** A worker over tasks of the test's own. */
function workerOn(queue: Task[], concurrency: number) {
  return createTaskWorker({
    log: createLogger({ service: 'test', level: 'silent' }),
    tracer: trace.getTracer('test'),
    sources: [async (limit) => queue.splice(0, limit)],
    concurrency,
    pollMs: 1000,
  });
}

const task = (perform: () => Promise<void>, more: Partial<Task> = {}): Task => ({
  name: 'TEST',
  paymentId: 'p',
  attempts: 1,
  traceparent: null,
  perform,
  postpone: async () => {},
  ...more,
});

describe('the worker', () => {
  it('has at most so many calls open, and lets nobody wait for a slow one', async () => {
    const slow = Promise.withResolvers<void>();
    let open = 0;
    let most = 0;
    let done = 0;
    const quick = async () => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
      open--;
      done++;
    };
    const queue = [task(() => slow.promise), ...Array.from({ length: 20 }, () => task(quick))];
    const worker = workerOn(queue, 3);
    worker.wake();
    await until('the quick ones', () => done === 20);
    expect(most).toBe(2);
    const stopped = worker.stop();
    queue.push(task(quick));
    worker.wake();
    slow.resolve();
    await stopped;
    expect(queue).toHaveLength(1);
  });

  it('puts off what failed, longer each time and a minute at most, and goes on when that fails too', async () => {
    const waits: number[] = [];
    const failing = (attempts: number) =>
      task(() => Promise.reject(new Error('no')), {
        attempts,
        postpone: async (waitMs) => {
          waits.push(waitMs);
          if (attempts === 3) throw new Error('no database');
        },
      });
    const worker = workerOn([1, 2, 3, 100].map(failing), 1);
    worker.wake();
    await until('all of them', () => waits.length === 4);
    expect(waits).toEqual([500, 1000, 2000, 60_000]);
    await worker.stop();
  });
});
