import { anonymous, createMetrics } from '@tributary/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Priority } from '../overload/priority.ts';
import { RequestAttempts } from '../overload/request-attempts.ts';
import { FetchGate } from './fetch-gate.ts';
import type { PostAnswer } from './post.ts';

const answer: PostAnswer = { status: 200, contentType: 'application/json', cacheControl: '', body: Buffer.from('{}') };
/** Clients do not wait for longer, though the request might. */
const PATIENCE_MS = 2000;
const DEADLINE_MS = 10_000;

interface Seen {
  sent: number;
  good: number;
  late: number;
  turnedAway: number;
  /** Of all answers. */
  tookMs: number[];
  turnedAwayMs: number[];
}

/** A gate with its defaults, and a subgraph that works on so many at once, in simulated time. */
function simulation(capacity: number, serviceMs: number) {
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  const gate = new FetchGate({
    ...{ subgraph: 'items', minimum: 8, maximum: 64, maxWaitMs: 1000, metrics },
    wasBusy: () => false,
  });
  const subgraph = { serviceMs };
  let busy = 0;
  const line: (() => void)[] = [];
  const work = (done: (answered: PostAnswer) => void) => {
    busy++;
    setTimeout(() => {
      busy--;
      done(answer);
      line.shift()?.();
    }, subgraph.serviceMs);
  };
  const send = () =>
    new Promise<PostAnswer>((resolve) => {
      if (busy < capacity) work(resolve);
      else line.push(() => work(resolve));
    });
  async function ask(seen: Seen, priority: Priority = 'low'): Promise<void> {
    seen.sent++;
    const beganMs = performance.now();
    const scope = { requestId: 'r', identity: anonymous, deadlineMs: beganMs + DEADLINE_MS };
    const passed = gate.pass({ ...scope, attempts: new RequestAttempts(priority) }, false, send);
    await passed.then(
      () => {
        const tookMs = performance.now() - beganMs;
        seen.tookMs.push(tookMs);
        if (tookMs > PATIENCE_MS) seen.late++;
        else seen.good++;
      },
      () => {
        seen.turnedAway++;
        seen.turnedAwayMs.push(performance.now() - beganMs);
      },
    );
  }
  /** Asks at a steady rate, and goes on while that is under way. */
  async function load(perSecond: number, forMs: number, priority?: Priority): Promise<Seen> {
    const seen: Seen = { sent: 0, good: 0, late: 0, turnedAway: 0, tookMs: [], turnedAwayMs: [] };
    for (let dueMs = 0; dueMs < forMs; dueMs += 1000 / perSecond) setTimeout(() => ask(seen, priority), dueMs);
    await vi.advanceTimersByTimeAsync(forMs);
    return seen;
  }
  return { gate, subgraph, load };
}

/** So long, and all that is under way has ended. */
const drain = () => vi.advanceTimersByTimeAsync(DEADLINE_MS);
const at = (times: number[], share: number) => times.toSorted((a, b) => a - b)[Math.floor(share * times.length)] ?? 0;

describe('FetchGate under load', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([0.5, 3])(
    'loses nothing of what a subgraph can do at three times that; before, it had %d times',
    async (before) => {
      const { gate, load } = simulation(10, 50);
      await load(before * 200, 3000);
      const seen = await load(600, 10_000);
      const again = await load(100, 4000);
      const calm = await load(100, 4000);
      await drain();
      expect(seen.good).toBeGreaterThan(0.9 * 200 * 10);
      expect(at(seen.tookMs, 0.5)).toBeLessThan(1000);
      expect(seen.turnedAway).toBeGreaterThan(0.5 * seen.sent);
      expect(at(seen.turnedAwayMs, 0.75)).toBeLessThan(10);
      expect(again.good).toBeGreaterThan(0.9 * again.sent);
      expect([calm.good, at(calm.tookMs, 0.99)]).toEqual([calm.sent, 50]);
      expect(gate.waiting).toBe(0);
    },
  );

  it('turns away those with a low priority before others', async () => {
    const { load } = simulation(10, 50);
    await load(100, 2000);
    const [low, high] = await Promise.all([load(500, 10_000, 'low'), load(100, 10_000, 'high')]);
    await drain();
    expect(high.turnedAway).toBeLessThan(0.05 * high.sent);
    expect(low.turnedAway).toBeGreaterThan(0.5 * low.sent);
    expect(low.good + high.good).toBeGreaterThan(0.9 * 200 * 10);
  });

  it('bounds how long answers take of a subgraph that gets slower and slower', async () => {
    const { subgraph, load } = simulation(10, 50);
    await load(100, 3000);
    for (const serviceMs of [75, 100, 150, 200, 300, 400]) {
      subgraph.serviceMs = serviceMs;
      const seen = await load(100, 10_000);
      const most = Math.min(100, 10_000 / serviceMs);
      expect(seen.good + seen.late, `${serviceMs} ms`).toBeGreaterThan(0.8 * most * 8);
      expect(at(seen.tookMs, 0.99), `${serviceMs} ms`).toBeLessThan(3000);
    }
    subgraph.serviceMs = 50;
    await load(100, 5000);
    const well = await load(100, 3000);
    await drain();
    expect([well.good, at(well.tookMs, 0.99)]).toEqual([well.sent, 50]);
  });

  it.each([
    ['one after the other', 100, 1, 40],
    ['some at once', 700, 10, 100],
  ])('loses nothing of a burst that a subgraph works off, %s', async (_, count, capacity, serviceMs) => {
    const { load } = simulation(capacity, serviceMs);
    // It knows how long answers take.
    await load(20, 2000);
    const burst = load(count * 1000, 1);
    // Of what comes besides, nothing is lost either.
    const others = await load(5, 5000);
    const seen = await burst;
    await drain();
    expect([seen.turnedAway, seen.good + seen.late]).toEqual([0, count]);
    expect(others.turnedAway).toBe(0);
  });
});
