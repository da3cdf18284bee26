import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ManagedProcess } from '../graph/managed-process.ts';
import { createRandom } from '../random.ts';
import { POSITIONS, stepName, works } from '../steps/step-name.ts';
import { createStepKiller } from './kill-at-steps.ts';

const FIRST = stepName('orders hears a.b.c.v1', POSITIONS.beforeCommit);
const SECOND = stepName('orders hears a.b.c.v1', POSITIONS.afterCommit);
/** Enough that none counts as rare. */
const OTHERS = Array.from({ length: 6 }, (_, index) =>
  stepName(`orders hears a.b.${index}.v1`, POSITIONS.beforeCommit),
);

function fakeProcess(name: string) {
  const sent: unknown[] = [];
  const process = { name, service: 'orders', isReady: true, send: (message: object) => sent.push(message) };
  return { sent, process: process as unknown as ManagedProcess & { isReady: boolean } };
}

describe('the step killer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const start = (names: string[], steps = [FIRST, SECOND, ...OTHERS]) => {
    const fakes = names.map(fakeProcess);
    const killer = createStepKiller({
      steps,
      processes: fakes.map(({ process }) => process),
      random: createRandom(1),
      pauseMs: { from: 1000, to: 1000 },
    });
    killer.start();
    return { fakes, killer, armed: () => fakes.filter(({ process }) => killer.isArmed(process, SECOND)) };
  };

  it('arms one process of a service at a time, and others in turn', () => {
    const { fakes, armed } = start(['orders-1', 'orders-2']);
    const seen = new Set<string>();
    for (let turn = 0; turn < 20; turn++) {
      vi.advanceTimersByTime(2500);
      expect(armed()).toHaveLength(1);
      for (const { process } of armed()) seen.add(process.name);
    }
    expect(seen.size).toBe(2);
    expect(fakes[0]?.sent).toContainEqual({ arm: [FIRST, SECOND, ...OTHERS] });
  });

  it('arms nothing after a hit until all processes are back and have worked', () => {
    const { fakes, killer, armed } = start(['orders-1', 'orders-2']);
    vi.advanceTimersByTime(300);
    const [victim] = armed();
    if (victim === undefined) throw new Error('nothing is armed');
    victim.process.isReady = false;
    killer.hit(victim.process, FIRST);
    vi.advanceTimersByTime(5000);
    expect(armed()).toEqual([]);
    victim.process.isReady = true;
    vi.advanceTimersByTime(500);
    expect(armed()).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(armed()).toHaveLength(1);
    expect(fakes.flatMap(({ sent }) => sent)).toContainEqual({ arm: [SECOND, ...OTHERS] });
  });

  it('waits in all processes for the last steps, which are rare', () => {
    const { armed } = start(['orders-1', 'orders-2'], [FIRST, SECOND]);
    vi.advanceTimersByTime(300);
    expect(armed()).toHaveLength(2);
  });

  it('keeps the steps of jobs armed in all processes until they were hit', () => {
    const job = stepName(works('orders', 'does end idle orders'), POSITIONS.beforeCommit);
    const { fakes, killer } = start(['orders-1', 'orders-2'], [FIRST, SECOND, job, ...OTHERS]);
    const last = () => fakes.map(({ sent }) => sent.at(-1));
    const [victim] = fakes;
    if (victim === undefined) throw new Error('there is no process');
    killer.hit(victim.process, FIRST);
    expect(last()).toEqual([{ arm: [job] }, { arm: [job] }]);
    killer.hit(victim.process, job);
    expect(last()).toEqual([{ arm: [] }, { arm: [] }]);
  });

  it('is complete when each step was hit, and goes on after a rest', () => {
    const { fakes, killer, armed } = start(['orders-1'], [FIRST, SECOND]);
    const process = fakes[0]?.process as ManagedProcess;
    killer.hit(process, FIRST);
    expect(killer.isComplete).toBe(false);
    killer.hit(process, SECOND);
    expect(killer.isComplete).toBe(true);
    vi.advanceTimersByTime(19_900);
    expect(armed()).toEqual([]);
    vi.advanceTimersByTime(21_000);
    expect(armed()).toHaveLength(1);
    killer.stop();
    expect(armed()).toEqual([]);
  });
});
