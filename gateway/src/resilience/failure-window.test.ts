import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureWindow } from './failure-window.ts';

const OPTIONS = { windowMs: 10_000, share: 0.5, minimum: 10 };

describe('a window of failures', () => {
  it('says nothing of nine failures, and has enough with ten', () => {
    const window = new FailureWindow(OPTIONS);
    const said = Array.from({ length: 10 }, (_, index) => window.add(index, true));
    expect(said).toEqual([...Array(9).fill(false), true]);
  });

  it('has enough with half of them, and not with less', () => {
    const window = new FailureWindow(OPTIONS);
    for (let index = 0; index < 20; index++) window.add(0, false);
    const said = Array.from({ length: 20 }, () => window.add(0, true));
    expect(said).toEqual([...Array(19).fill(false), true]);
  });

  it('forgets what is older than the window', () => {
    const window = new FailureWindow(OPTIONS);
    for (let index = 0; index < 9; index++) window.add(500, true);
    expect(window.add(10_500, true)).toBe(false);
    expect(window.total).toBe(1);
  });

  it('counts what a list of the last ten buckets would', () => {
    const event = fc.record({ afterMs: fc.integer({ min: 0, max: 4000 }), isFailure: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 100 }), (events) => {
        const window = new FailureWindow(OPTIONS);
        const seen: { bucket: number; isFailure: boolean }[] = [];
        let nowMs = 0;
        for (const { afterMs, isFailure } of events) {
          nowMs += afterMs;
          const bucket = Math.floor(nowMs / 1000);
          seen.push({ bucket, isFailure });
          const isEnough = window.add(nowMs, isFailure);
          const kept = seen.filter((one) => one.bucket > bucket - 10);
          const failed = kept.filter((one) => one.isFailure).length;
          expect([window.total, window.failed]).toEqual([kept.length, failed]);
          expect(isEnough).toBe(isFailure && kept.length >= 10 && failed >= kept.length / 2);
        }
      }),
    );
  });
});
