import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { InTime, LateError } from './in-time.ts';

const never = () => new Promise<never>(() => {});

describe('InTime', () => {
  it('hands on what comes in time, and what fails', async () => {
    const inTime = new InTime(1000);
    expect(await inTime.wait(Promise.resolve('answer'))).toBe('answer');
    await expect(inTime.wait(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    inTime.giveUp();
  });

  it('ends each wait at its own time, with one timer', async () => {
    const inTime = new InTime(60);
    const startedMs = performance.now();
    const end = (answer: Promise<unknown>) =>
      inTime.wait(answer).then(
        () => ['in time', 0] as const,
        (error: unknown) => [error, performance.now() - startedMs] as const,
      );
    const first = end(never());
    await delay(30);
    const second = end(never());
    const [firstError, firstMs] = await first;
    const [secondError, secondMs] = await second;
    for (const error of [firstError, secondError]) expect(error).toBeInstanceOf(LateError);
    expect(firstMs).toBeGreaterThanOrEqual(58);
    expect(secondMs - firstMs).toBeGreaterThanOrEqual(20);
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
