import { FAULT_KINDS, injectedFaults } from '../faults/fault-log.ts';
import { countMetFaults, type MetFaults } from '../met-fault.ts';
import type { Profile } from '../profiles.ts';
import type { ChaosResult } from '../run-chaos.ts';

/** What a run came to, as `--json` writes it. */
export interface Report {
  passed: boolean;
  /** Why not; empty when it passed. */
  failures: string[];
  seed: number;
  seconds: number;
  orders: { total: number; answered: number; unanswered: Record<string, number>; byEnd: Record<string, number> };
  faults: {
    /** Without the copies of events. */
    injected: number;
    byKind: Record<string, number>;
    processKills: Record<string, number>;
    outageSeconds: Record<string, number>;
  };
  endedAlone: Record<string, number>;
  metFaults: MetFaults;
  steps: Record<string, number>;
  events: { redelivered: number; repeated: number; deadLetters: number };
  /** Of customers who follow what they order. */
  followers: {
    orders: Record<string, number>;
    /** Results that they were told, and how often they came again. */
    told: number;
    returns: number;
  };
  samples: number;
  convergedSeconds: number | null;
  trialBalance: ChaosResult['figures']['trialBalance'];
  violations: ChaosResult['violations'];
}

/** Of the orders, so many must have met a fault. */
const MUST_MEET = 0.5;

/** @param wanted what the run's profile asks for at least */
export function createReport(result: ChaosResult, wanted: Pick<Profile, 'orders' | 'faults' | 'followers'>): Report {
  const { figures, log, hits, violations, followings, convergedMs } = result;
  const metFaults = countMetFaults(figures.lives, log.faults, log.outages);
  const injected = injectedFaults(log);
  const returns = sum(followings.map((each) => each.returns));
  const neverHit = [...hits].filter(([, times]) => times === 0).map(([step]) => step);
  const failures = [
    ...violations.map(({ invariant, means, count }) => `${invariant}: ${means} (${count})`),
    ...(convergedMs === undefined && violations.length === 0 ? ['it did not become quiet in time'] : []),
    ...neverHit.map((step) => `never hit: ${step}`),
    ...(metFaults.met < metFaults.orders * MUST_MEET ? ['fewer than half of the orders met a fault'] : []),
    ...(metFaults.orders < wanted.orders ? [`only ${metFaults.orders} of ${wanted.orders} orders were placed`] : []),
    ...(injected < wanted.faults ? [`only ${injected} of ${wanted.faults} faults were injected`] : []),
    ...(wanted.followers > 0 && returns === 0 ? ['nobody who follows an order came again'] : []),
  ];
  return {
    passed: failures.length === 0,
    failures,
    seed: result.seed,
    seconds: toSeconds(result.tookMs),
    orders: {
      total: metFaults.orders,
      answered: result.answered,
      unanswered: Object.fromEntries(result.unanswered),
      byEnd: figures.byEnd,
    },
    faults: {
      injected,
      byKind: Object.fromEntries(
        FAULT_KINDS.map((kind) => [kind, log.faults.filter((each) => each.kind === kind).length]),
      ),
      processKills: countBy(log.faults.filter(({ kind }) => kind.startsWith('killed')).map(({ target }) => target)),
      outageSeconds: outageSeconds(result),
    },
    endedAlone: Object.fromEntries(result.endedAlone),
    metFaults,
    steps: Object.fromEntries(hits),
    events: { ...result.repetitions, deadLetters: deadLetters(result) },
    followers: {
      orders: countBy(followings.map(({ way }) => way)),
      told: sum(followings.map(({ heard }) => heard.length)),
      returns,
    },
    samples: result.samples,
    convergedSeconds: convergedMs === undefined ? null : toSeconds(convergedMs),
    trialBalance: figures.trialBalance,
    violations,
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

const toSeconds = (ms: number) => Math.round(ms / 100) / 10;

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function outageSeconds({ log }: ChaosResult): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { of, from, to = new Date() } of log.outages) {
    sums[of] = Math.round(((sums[of] ?? 0) + (to.getTime() - from.getTime()) / 1000) * 10) / 10;
  }
  return sums;
}

const deadLetters = ({ violations }: ChaosResult) =>
  violations.find(({ invariant }) => invariant === 'no event was given up')?.count ?? 0;
