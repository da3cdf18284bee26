import { describe, expect, it } from 'vitest';
import { createFaultLog } from '../faults/fault-log.ts';
import { newFollowing } from '../live/follow-order.ts';
import type { ChaosResult } from '../run-chaos.ts';
import { POSITIONS, stepName } from '../steps/step-name.ts';
import { createReport } from './report.ts';

const STEP = stepName('orders hears a.b.c.v1', POSITIONS.beforeCommit);

const life = (id: string) => ({
  ...{ id, customerId: 'c', key: id, paymentIds: [], placedAt: new Date(0), endedAt: new Date(1) },
  publishedAgain: id === 'a',
});

const result = (rest: Partial<ChaosResult> = {}): ChaosResult => ({
  seed: 1,
  figures: { lives: [life('a'), life('b')], byEnd: { PAID: 2 }, trialBalance: [] },
  answered: 2,
  log: createFaultLog(),
  hits: new Map([[STEP, 1]]),
  endedAlone: new Map(),
  repetitions: { redelivered: 0, repeated: 0 },
  violations: [],
  samples: 1,
  unanswered: new Map(),
  followings: [],
  convergedMs: 1000,
  tookMs: 2000,
  ...rest,
});

const failures = (rest: Partial<ChaosResult>, wanted = { orders: 2, faults: 0, followers: 0 }) =>
  createReport(result(rest), wanted).failures;

describe('a run', () => {
  it('passes when everything holds, every step was hit, and half of the orders met a fault', () => {
    expect(createReport(result(), { orders: 2, faults: 0, followers: 0 })).toMatchObject({
      passed: true,
      failures: [],
      convergedSeconds: 1,
    });
  });

  it('fails by an invariant that does not hold', () => {
    const violation = { invariant: 'stock adds up', means: 'it does not', count: 3, offences: [] };
    expect(failures({ violations: [violation] })).toEqual(['stock adds up: it does not (3)']);
  });

  it('fails by a step that was never hit', () => {
    expect(failures({ hits: new Map([[STEP, 0]]) })).toEqual([`never hit: ${STEP}`]);
  });

  it('fails when fewer than half of the orders met a fault', () => {
    const figures = { lives: [life('a'), life('b'), life('c')], byEnd: {}, trialBalance: [] };
    expect(failures({ figures })).toEqual(['fewer than half of the orders met a fault']);
  });

  it('fails when it does not become quiet, or has too few orders', () => {
    expect(failures({ convergedMs: undefined })).toEqual(['it did not become quiet in time']);
    expect(failures({}, { orders: 3, faults: 0, followers: 0 })).toEqual(['only 2 of 3 orders were placed']);
  });

  it('fails when nobody came again who follows an order', () => {
    const followed = (returns: number) => {
      const following = newFollowing('a', 'WebSocket');
      return { followings: [{ ...following, heard: [{ at: 2, steps: 2 }], returns }] };
    };
    const wanted = { orders: 2, faults: 0, followers: 1 };
    expect(createReport(result(followed(2)), wanted)).toMatchObject({
      passed: true,
      followers: { orders: { WebSocket: 1 }, told: 1, returns: 2 },
    });
    expect(failures(followed(0), wanted)).toEqual(['nobody who follows an order came again']);
  });

  it('fails when too little was broken: copies of events do not count', () => {
    const log = createFaultLog();
    log.add('event copied', 'a.b.c.v1');
    log.add('broker connection lost', 'orders-1');
    expect(failures({ log }, { orders: 2, faults: 1, followers: 0 })).toEqual([]);
    expect(failures({ log }, { orders: 2, faults: 2, followers: 0 })).toEqual(['only 1 of 2 faults were injected']);
  });
});
