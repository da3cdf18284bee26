import { createLogger } from '@tributary/service-kit';
import { afterEach, expect, it, vi } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { othersFirst } from '../others-first.ts';
import { GroupMoves } from './group-moves.ts';
import type { LiveGroup } from './live-group.ts';

const DEADLINE_MS = 10_000;

/** A group at a subgraph that answers, or does not. */
function groupOf(subgraph: string, isAnswered: boolean) {
  const group = {
    ...{ subgraph, generation: 'before', isOver: false, opened: Promise.resolve(), request: { requestId: '1' } },
    end: vi.fn((_end: string, _error: unknown) => {
      group.isOver = true;
    }),
    moveTo: vi.fn((generation: string) => {
      if (!isAnswered) return new Promise<void>(() => {});
      group.generation = generation;
      return Promise.resolve();
    }),
  };
  return group;
}

function movesOf(groups: readonly ReturnType<typeof groupOf>[]) {
  const engine = { current: 'next' } as unknown as Engine;
  const log = createLogger({ service: 'gateway', level: 'silent' });
  const all = groups as unknown as LiveGroup[];
  return new GroupMoves({ engine, groups: () => all, deadlineMs: DEADLINE_MS, moved() {}, log });
}

afterEach(() => void vi.useRealTimers());

it('moves all others first where a subgraph does not answer, and is over in time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const silent = Array.from({ length: 1000 }, () => groupOf('silent', false));
  const good = Array.from({ length: 100 }, () => groupOf('good', true));
  const moves = movesOf([...silent, ...good]);
  moves.begin();
  const startedMs = performance.now();
  const pass = async (ms: number) => {
    await othersFirst();
    await vi.advanceTimersByTimeAsync(ms);
    for (let turn = 0; turn < 200; turn++) await othersFirst();
  };
  await pass(DEADLINE_MS);
  expect(good.filter(({ generation }) => generation === 'before')).toEqual([]);
  // No more than the first few have been waited for.
  expect(silent.filter(({ isOver }) => isOver)).toHaveLength(8);
  while (silent.some(({ isOver }) => !isOver)) await pass(DEADLINE_MS);
  expect(performance.now() - startedMs).toBeLessThanOrEqual(5 * 60_000 + DEADLINE_MS);
  expect(good.every(({ end }) => end.mock.calls.length === 0)).toBe(true);
  for (const { end } of silent) {
    expect(end.mock.calls).toMatchObject([['failed', { code: 'SUBSCRIPTION_UNAVAILABLE' }]]);
  }
  await moves.stop();
});

it('does not begin again for each who comes late', async () => {
  const groups = [groupOf('good', true)];
  const moves = movesOf(groups);
  for (let late = 0; late < 100; late++) moves.begin();
  await moves.stop();
  expect(groups[0]?.moveTo.mock.calls.length).toBeLessThanOrEqual(1);
});
