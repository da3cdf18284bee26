import { describe, expect, it } from 'vitest';
import { DelayLimit } from './delay-limit.ts';

const OPTIONS = { minimum: 100, maximum: 1000 };

/** Turns that last so long, one after the other. */
function turns(limit: DelayLimit, fromMs: number, untilMs: number, delayMs: number, waiting: number): void {
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += delayMs) limit.note(nowMs, delayMs, waiting);
}

describe('DelayLimit', () => {
  it('is cut to what waits, and on, while all wait for long; never below its minimum', () => {
    const limit = new DelayLimit(OPTIONS);
    turns(limit, 1000, 1250, 60, 500);
    expect(limit.limit).toBe(450);
    turns(limit, 1250, 10_000, 200, 450);
    expect(limit.limit).toBe(100);
  });

  it('is back at its maximum within 5 s of quick turns', () => {
    const limit = new DelayLimit(OPTIONS);
    turns(limit, 1000, 20_000, 200, 100);
    expect(limit.limit).toBe(100);
    turns(limit, 20_000, 25_000, 5, 1);
    expect(limit.limit).toBe(1000);
  });

  it('does not mind one long turn among short ones', () => {
    const limit = new DelayLimit(OPTIONS);
    for (let nowMs = 1000; nowMs < 5000; nowMs += 10) limit.note(nowMs, nowMs % 100 === 0 ? 90 : 2, 200);
    expect(limit.limit).toBe(1000);
  });

  it('is never above its maximum, even where that is below its minimum', () => {
    const limit = new DelayLimit({ minimum: 100, maximum: 2 });
    turns(limit, 1000, 5000, 200, 2);
    expect(limit.limit).toBe(2);
  });
});
