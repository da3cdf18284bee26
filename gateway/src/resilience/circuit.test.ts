import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Circuit, type CircuitState } from './circuit.ts';

/** No jitter: pauses are 1, 2, 4, 4 … seconds. */
const circuit = (changed?: (state: CircuitState) => void) =>
  new Circuit({ random: () => 0, ...(changed && { changed }) });

describe('a circuit', () => {
  it('lets everything pass until it is tripped, and then nothing until its pause is over', () => {
    const one = circuit();
    expect([one.mayPass(0), one.enter(0)]).toEqual([true, false]);
    one.trip(100);
    expect([one.mayPass(101), one.mayPass(1099), one.mayPass(1100)]).toEqual([false, false, true]);
  });

  it('lets one probe pass after the pause, which closes it', () => {
    const one = circuit();
    one.trip(0);
    expect(one.enter(1000)).toBe(true);
    expect([one.state, one.mayPass(1001)]).toEqual(['half-open', false]);
    one.close(1050);
    expect([one.state, one.mayPass(1051)]).toEqual(['closed', true]);
  });

  it('stays open longer each time that a probe fails, 4 s at most', () => {
    const one = circuit();
    one.trip(0);
    let nowMs = 0;
    const pauses = [1, 2, 3, 4, 5].map(() => {
      const openedMs = nowMs;
      while (!one.mayPass(nowMs)) nowMs += 100;
      one.enter(nowMs);
      one.trip(nowMs);
      return nowMs - openedMs;
    });
    expect(pauses).toEqual([1000, 2000, 4000, 4000, 4000]);
  });

  it('goes on with long pauses when it was closed for a moment, and begins anew after 10 s', () => {
    const one = circuit();
    one.trip(0);
    one.enter(1000);
    one.close(1000);
    one.trip(3000);
    expect([one.mayPass(4999), one.mayPass(5000)]).toEqual([false, true]);
    one.enter(5000);
    one.close(5000);
    one.trip(15_000);
    expect(one.mayPass(16_000)).toBe(true);
  });

  it('sends another probe when one has hung for a second, or ended without saying anything', () => {
    const one = circuit();
    one.trip(0);
    one.enter(1000);
    expect([one.mayPass(1999), one.mayPass(2000)]).toEqual([false, true]);
    one.enter(2000);
    one.release(2100);
    expect(one.mayPass(2100)).toBe(true);
  });

  it('leaves a quarter of a pause to chance', () => {
    const one = new Circuit({ random: () => 1 });
    one.trip(0);
    expect([one.mayPass(749), one.mayPass(750)]).toEqual([false, true]);
  });

  it('is asked again within 4 s, passes one probe a second at most while it is not closed, and takes legal steps alone', () => {
    const action = fc.record({
      afterMs: fc.integer({ min: 0, max: 3000 }),
      does: fc.constantFrom('ask', 'trip', 'close', 'release'),
    });
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (actions, random) => {
          const steps: string[] = [];
          const one = new Circuit({ random: () => random, changed: (to, from) => steps.push(`${from} ${to}`) });
          let nowMs = 0;
          let quietSinceMs = 0;
          let lastProbeMs = Number.NEGATIVE_INFINITY;
          for (const { afterMs, does } of actions) {
            nowMs += afterMs;
            if (does === 'ask') {
              if (one.mayPass(nowMs)) {
                if (one.enter(nowMs)) {
                  expect(nowMs - lastProbeMs).toBeGreaterThanOrEqual(750);
                  lastProbeMs = nowMs;
                }
                quietSinceMs = nowMs;
              } else expect(nowMs - quietSinceMs).toBeLessThan(4000);
            } else {
              // What others say of it: a release gives the turn of a probe back, and a trip begins a pause.
              if (does === 'trip' && one.state !== 'open') quietSinceMs = nowMs;
              if (does !== 'trip') lastProbeMs = Number.NEGATIVE_INFINITY;
              one[does as 'trip' | 'close' | 'release'](nowMs);
            }
            expect(one.isClosed).toBe(one.state === 'closed');
          }
          const legal = ['closed open', 'open half-open', 'half-open open', 'half-open closed', 'open closed'];
          for (const step of steps) expect(legal).toContain(step);
        },
      ),
    );
  });
});
