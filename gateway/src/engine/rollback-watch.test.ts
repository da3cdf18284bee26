import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Generation } from './generation.ts';
import { RollbackWatch } from './rollback-watch.ts';

const MINUTE_MS = 60_000;

/** Stands for a generation, and knows whether somebody holds it. */
const generation = () => {
  let users = 0;
  const stand = {
    candidate: {},
    enter() {
      users++;
      return stand;
    },
    leave: () => users--,
    isHeld: () => users > 0,
  };
  return stand as unknown as Generation & { isHeld(): boolean };
};

describe('the watch over a swap', () => {
  let watch: RollbackWatch;
  const [before, after] = [generation(), generation()];
  const worse = vi.fn();
  /** By whichever version line: a view of the generation. */
  const count = ({ candidate }: Generation, requests: number, failed: number) => {
    for (let request = 0; request < requests; request++) watch.count({ candidate }, request < failed);
  };
  beforeEach(() => {
    vi.useFakeTimers();
    worse.mockReset();
    watch = new RollbackWatch(MINUTE_MS);
  });
  afterEach(() => {
    watch.end();
    vi.useRealTimers();
  });

  it('tells once of more failures than before, with figures, and no longer holds the one before', () => {
    count(before, 200, 10);
    watch.begin(before, after, worse);
    expect(before.isHeld()).toBe(true);
    count(after, 19, 19);
    expect(worse).not.toHaveBeenCalled();
    count(after, 20, 20);
    expect(worse.mock.calls).toEqual([
      [{ before: { requests: 200, failed: 10 }, after: { requests: 20, failed: 20 } }],
    ]);
    expect(before.isHeld()).toBe(false);
  });

  it.each([
    ['as many fail as before', 50, 50],
    ['up to ten of a hundred more fail', 50, 60],
  ])('is silent when %s', (_what, failedBefore, failedAfter) => {
    count(before, 100, failedBefore);
    watch.begin(before, after, worse);
    const succeeded = 100 - failedAfter;
    for (let request = 0; request < 100; request++) watch.count(after, request >= succeeded);
    expect(worse).not.toHaveBeenCalled();
  });

  it('counts only requests that began with the new one', () => {
    watch.begin(before, after, worse);
    count(before, 100, 100);
    expect(worse).not.toHaveBeenCalled();
  });

  it('ends with the window', () => {
    watch.begin(before, after, worse);
    vi.advanceTimersByTime(MINUTE_MS);
    expect(before.isHeld()).toBe(false);
    count(after, 100, 100);
    expect(worse).not.toHaveBeenCalled();
  });

  it('compares with the window before, and nothing older', () => {
    count(before, 1000, 1000);
    vi.advanceTimersByTime(2 * MINUTE_MS);
    count(before, 50, 0);
    watch.begin(before, after, worse);
    count(after, 20, 10);
    expect(worse.mock.calls[0]?.[0].before).toEqual({ requests: 50, failed: 0 });
  });

  it('needs a twentieth of the requests that came before, where that is more than 20', () => {
    count(before, 2000, 0);
    watch.begin(before, after, worse);
    count(after, 99, 99);
    expect(worse).not.toHaveBeenCalled();
    count(after, 1, 1);
    expect(worse.mock.calls[0]?.[0].after).toEqual({ requests: 100, failed: 100 });
  });

  it('needs failures of five who ask, where so many have asked before', () => {
    const asks = (asker: string, view: Generation, hasFailed: boolean) => watch.count(view, hasFailed, () => asker);
    for (let asker = 0; asker < 8; asker++) asks(`${asker}`, before, false);
    watch.begin(before, after, worse);
    for (let request = 0; request < 1000; request++) asks(`${request % 4}`, after, true);
    expect(worse).not.toHaveBeenCalled();
    asks('4', after, true);
    expect(worse).toHaveBeenCalledOnce();
  });

  it('does not count what says nothing of a supergraph', () => {
    watch.begin(before, after, worse);
    for (let request = 0; request < 100; request++) watch.count(after, undefined);
    count(after, 19, 19);
    expect(worse).not.toHaveBeenCalled();
  });

  it('follows the last of several swaps', () => {
    const last = generation();
    watch.begin(before, after, worse);
    watch.begin(after, last, worse);
    expect([before.isHeld(), after.isHeld()]).toEqual([false, true]);
    count(last, 20, 20);
    expect(worse).toHaveBeenCalledOnce();
  });
});
