import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { periodicJob } from './periodic-job.ts';

const log = createLogger({ service: 'test', level: 'silent' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a periodic job', () => {
  test('runs at each turn, but never twice at once', async () => {
    let atOnce = 0;
    let most = 0;
    let runs = 0;
    const job = periodicJob(
      {
        name: 'slow',
        everyMs: 10,
        async run() {
          runs++;
          most = Math.max(most, ++atOnce);
          await new Promise((resolve) => setTimeout(resolve, 25));
          atOnce--;
        },
      },
      log,
    );
    await job.start?.();
    await vi.advanceTimersByTimeAsync(100);
    const stopping = job.stop?.();
    await vi.advanceTimersByTimeAsync(100);
    await stopping;
    expect(most).toBe(1);
    expect(runs).toBe(4);
    expect(atOnce).toBe(0);
  });

  test('goes on after a failure, whether it was thrown or rejected', async () => {
    let runs = 0;
    const run = () => {
      runs++;
      if (runs === 1) throw new Error('thrown');
      return Promise.reject(new Error('rejected'));
    };
    const job = periodicJob({ name: 'failing', everyMs: 10, run }, log);
    await job.start?.();
    await vi.advanceTimersByTimeAsync(35);
    await job.stop?.();
    expect(runs).toBe(3);
  });

  test('is over when it was stopped, also before its first turn', async () => {
    let runs = 0;
    const job = periodicJob({ name: 'x', everyMs: 10, run: async () => runs++ }, log);
    await job.start?.();
    await job.stop?.();
    await vi.advanceTimersByTimeAsync(50);
    expect(runs).toBe(0);
  });
});
