import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { Simulation } from './testing/simulated-server.ts';

const OPTIONS = { minimum: 8, maximum: 64 };

const server = (capacity: number, requestsPerSecond: number, serviceMs: (n: number) => number = () => 40) => ({
  ...{ capacity, serviceMs, requestsPerSecond },
  timeoutMs: 5000,
});

describe('AdaptiveLimit', () => {
  it('begins with its maximum, and lets in no more than it says', () => {
    const limit = new AdaptiveLimit(OPTIONS);
    const entered = Array.from({ length: 70 }, () => limit.tryEnter());
    expect(entered.filter(Boolean)).toHaveLength(64);
    limit.leave(10, 10, 'answered');
    expect([limit.underWay, limit.tryEnter(), limit.tryEnter()]).toEqual([63, true, false]);
  });

  it('is never above its maximum, even where that is below its minimum', () => {
    expect(new AdaptiveLimit({ minimum: 8, maximum: 2 }).limit).toBe(2);
  });

  it.each([10, 16, 24])('converges near a capacity of %i at three times that, and keeps it busy', (capacity) => {
    const simulation = new Simulation(OPTIONS, server(capacity, 0.5 * capacity * 25));
    simulation.run(5000);
    simulation.server.requestsPerSecond *= 6;
    simulation.run(10_000);
    const seen = simulation.run(60_000);
    expect(seen.lowest).toBeGreaterThanOrEqual(capacity);
    expect(seen.limit).toBeLessThan(4 * capacity);
    expect(seen.answered).toBeGreaterThan(0.95 * capacity * 25 * 60);
    expect(seen.tookMs).toBeLessThan(4 * 40);
  });

  it('grows to its maximum where answers stay as quick', () => {
    const simulation = new Simulation(OPTIONS, server(200, 2000));
    simulation.run(5000);
    expect(simulation.limit.limit).toBe(64);
  });

  it('lets everything through that the server can do', () => {
    const simulation = new Simulation(OPTIONS, server(24, 0.8 * 24 * 25));
    simulation.run(10_000);
    const seen = simulation.run(60_000);
    expect(seen.turnedAway).toBeLessThan(0.02 * seen.answered);
  });

  it('recovers within 5 s from a server that was ten times slower, of less capacity, or gone', () => {
    for (const trouble of [{ serviceMs: () => 400 }, { capacity: 2 }, { serviceMs: () => 6000 }]) {
      const simulation = new Simulation(OPTIONS, server(24, 550));
      simulation.run(20_000);
      const before = simulation.run(5000);
      const well = { ...simulation.server };
      Object.assign(simulation.server, trouble);
      simulation.run(20_000);
      Object.assign(simulation.server, well);
      // What the server has still in its queue.
      simulation.run(6000);
      simulation.run(5000);
      const after = simulation.run(5000);
      expect(after.answered).toBeGreaterThan(0.95 * before.answered);
    }
  });

  it('takes a server that is slower for good as it is', () => {
    const simulation = new Simulation(OPTIONS, server(40, 900));
    simulation.run(20_000);
    simulation.server.serviceMs = () => 200;
    simulation.server.requestsPerSecond = 180;
    simulation.run(20_000);
    const seen = simulation.run(20_000);
    expect(seen.answered).toBeGreaterThan(0.95 * 180 * 20);
  });

  it('does not collapse where some answers take a hundred times as long as others', () => {
    for (const share of [0.02, 0.1, 0.5]) {
      const bimodal = (n: number) => ((n * 0.754877) % 1 < share ? 500 : 5);
      const meanMs = 500 * share + 5 * (1 - share);
      const simulation = new Simulation(OPTIONS, server(40, (0.7 * 40_000) / meanMs, bimodal));
      simulation.run(10_000);
      const seen = simulation.run(60_000);
      expect(seen.turnedAway).toBeLessThan(0.05 * seen.answered);
    }
  });

  it('is left alone by answers of a second at a low rate', () => {
    const simulation = new Simulation(
      OPTIONS,
      server(64, 4, (n) => (n % 4 === 0 ? 1000 : 20)),
    );
    const seen = simulation.run(600_000);
    expect([seen.lowest, seen.turnedAway]).toEqual([64, 0]);
  });

  it('is not cut by answers that its owner saw late, as it was busy itself, nor by a few milliseconds', () => {
    for (const { wasBusy, slowMs } of [
      { wasBusy: () => true, slowMs: 500 },
      { wasBusy: () => false, slowMs: 18 },
    ]) {
      const limit = new AdaptiveLimit({ ...OPTIONS, wasBusy });
      for (let nowMs = 0; nowMs < 5000; nowMs += 10) {
        while (limit.tryEnter());
        limit.leave(nowMs, nowMs < 500 ? 1 : slowMs, 'answered');
      }
      expect(limit.limit).toBe(64);
    }
  });

  it('is not cut by slow answers, or none in time, while nobody has to wait for long', () => {
    for (const outcome of ['answered', 'late'] as const) {
      for (const isCrowded of [() => false, () => true]) {
        const limit = new AdaptiveLimit({ ...OPTIONS, isCrowded });
        for (let nowMs = 0; nowMs < 500; nowMs += 10) {
          limit.tryEnter();
          limit.leave(nowMs, 1, 'answered');
        }
        while (limit.tryEnter());
        let lowest = limit.limit;
        for (let nowMs = 500; nowMs < 5000; nowMs += 10) {
          limit.leave(nowMs, 200, outcome);
          while (limit.tryEnter());
          lowest = Math.min(lowest, limit.limit);
        }
        if (isCrowded()) expect(lowest).toBeLessThan(36);
        else expect(lowest).toBe(64);
      }
    }
  });

  it('shrinks where answers do not come in time, or are 503', () => {
    const limit = new AdaptiveLimit(OPTIONS);
    for (let nowMs = 0; nowMs < 4000; nowMs += 10) {
      limit.tryEnter();
      limit.leave(nowMs, 5, nowMs % 50 === 0 ? 'dropped' : 'answered');
    }
    expect(limit.limit).toBe(8);
  });

  it('is told nothing by what was not answered by the server', () => {
    const limit = new AdaptiveLimit(OPTIONS);
    for (let nowMs = 0; nowMs < 2000; nowMs += 10) {
      limit.tryEnter();
      limit.leave(nowMs, 0, 'ignored');
    }
    expect([limit.limit, limit.waitMs(10, 0)]).toEqual([64, 0]);
  });
});
