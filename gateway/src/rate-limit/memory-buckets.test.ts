import { array, assert, double, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charge } from './buckets.ts';
import { type Limit, limitsOf } from './limit.ts';
import { MemoryBuckets } from './memory-buckets.ts';

const limitOf = (perSecond: number, burst: number): Limit => {
  const [limit] = limitsOf([{ key: 'ip', rate: 1000 / perSecond, burst }]);
  return limit as Limit;
};

/** Buckets under a clock that a test moves. */
function bucketsAt(max?: number) {
  const clock = { nowMs: 1_000_000 };
  return { clock, buckets: new MemoryBuckets(() => clock.nowMs, max) };
}

const one = (limit: Limit, key = 'a', tokens = 1): Charge => ({ limit, key, tokens });

describe('MemoryBuckets', () => {
  it('let through a burst, then one request each time that a token comes free', () => {
    const { clock, buckets } = bucketsAt();
    const limit = limitOf(10, 3);
    const allowed = () => buckets.take([one(limit)]).isAllowed;
    expect([allowed(), allowed(), allowed(), allowed()]).toEqual([true, true, true, false]);
    clock.nowMs += 99;
    expect(allowed()).toBe(false);
    clock.nowMs += 1;
    expect([allowed(), allowed()]).toEqual([true, false]);
    clock.nowMs += 3_600_000;
    expect([allowed(), allowed(), allowed(), allowed()]).toEqual([true, true, true, false]);
  });

  it('keep nothing of those that are refused elsewhere: nobody is crowded out by them', () => {
    const { buckets } = bucketsAt();
    const [wide, narrow] = [limitOf(1, 5), limitOf(1, 1)];
    for (let client = 0; client < 100; client++) buckets.take([one(narrow, 'address'), one(wide, `client ${client}`)]);
    expect(buckets.size).toBe(2);
  });

  it('take nothing from any bucket where one has not enough', () => {
    const { buckets } = bucketsAt();
    const [wide, narrow] = [limitOf(1, 5), limitOf(1, 1)];
    expect(buckets.take([one(wide, 'wide'), one(narrow, 'narrow')]).isAllowed).toBe(true);
    for (let again = 0; again < 10; again++) {
      const refused = buckets.take([one(wide, 'wide'), one(narrow, 'narrow')]);
      expect(refused).toEqual({ isAllowed: false, debtsMs: [1000, 1000] });
    }
  });

  it('never allow more than burst + rate × time, in any window and with any weights', () => {
    const asked = record({
      afterMs: double({ min: 0, max: 3000, noNaN: true }),
      tokens: double({ min: 1, max: 4, noNaN: true }),
    });
    assert(
      property(
        integer({ min: 1, max: 50 }),
        integer({ min: 4, max: 20 }),
        array(asked),
        (perSecond, burst, requests) => {
          const { clock, buckets } = bucketsAt();
          const limit = limitOf(perSecond, burst);
          const passed: { atMs: number; tokens: number }[] = [];
          for (const { afterMs, tokens } of requests) {
            clock.nowMs += afterMs;
            if (buckets.take([one(limit, 'a', tokens)]).isAllowed) passed.push({ atMs: clock.nowMs, tokens });
          }
          for (const [first, { atMs }] of passed.entries()) {
            let sum = 0;
            for (const later of passed.slice(first)) {
              sum += later.tokens;
              expect(sum).toBeLessThanOrEqual(burst + ((later.atMs - atMs) / 1000) * perSecond + 1e-3);
            }
          }
        },
      ),
    );
  });

  it('are so many at most, and those in use stay', () => {
    const { buckets } = bucketsAt(100);
    const limit = limitOf(1, 2);
    buckets.take([one(limit, 'busy', 2)]);
    for (let other = 0; other < 10_000; other++) {
      buckets.take([one(limit, `other ${other}`)]);
      if (other % 10 === 0) expect(buckets.take([one(limit, 'busy')]).isAllowed).toBe(false);
      expect(buckets.size).toBeLessThanOrEqual(100);
    }
  });
});
