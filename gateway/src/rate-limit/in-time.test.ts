import { stat } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InTime, LateError } from './in-time.ts';

const never = () => new Promise<never>(() => {});

describe('InTime', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('hands on what comes in time, and what fails', async () => {
    const inTime = new InTime(1000);
    expect(await inTime.wait(Promise.resolve('answer'))).toBe('answer');
    await expect(inTime.wait(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    inTime.giveUp();
  });

  it('ends each wait at its own time, with one timer', async () => {
    vi.useFakeTimers();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const inTime = new InTime(60);
    const ended: string[] = [];
    const begin = (name: string) =>
      void inTime.wait(never()).catch((error: unknown) => ended.push(`${name}: ${String(error)}`));
    begin('first');
    await vi.advanceTimersByTimeAsync(30);
    begin('second');
    await vi.advanceTimersByTimeAsync(29);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(ended).toEqual(['first: LateError: no answer in 60 ms']);
    await vi.advanceTimersByTimeAsync(28);
    expect(ended).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(ended[1]).toBe('second: LateError: no answer in 60 ms');
    // Of its own times: test files share their process, and what others left in it may set timers as well.
    expect(timers.mock.calls.filter(([, ms]) => ms === 60)).toHaveLength(1);
  });

  it('takes an answer that is there, where only this process was held up', async () => {
    const inTime = new InTime(20);
    // Done by another thread, and told by the event loop.
    const wait = inTime.wait(stat('.'));
    const untilMs = performance.now() + 200;
    while (performance.now() < untilMs);
    expect((await wait).isDirectory()).toBe(true);
  });

  it('gives up all that it waits for, and goes on', async () => {
    const inTime = new InTime(60_000);
    const waits = [inTime.wait(never()), inTime.wait(never())];
    inTime.giveUp();
    for (const wait of waits) await expect(wait).rejects.toThrow(LateError);
    expect(await inTime.wait(Promise.resolve(1))).toBe(1);
    inTime.giveUp();
  });
});
