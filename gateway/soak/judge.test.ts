import { describe, expect, it } from 'vitest';
import { growth, leftOver, liveGrowth, overMemory, residentSlope } from './judge.ts';
import type { Reading } from './reading.ts';

const MINUTES = 10;
const reading = (minute: number, more: Partial<Reading> = {}): Reading => ({
  atMs: minute * 60_000,
  residentMiB: 200,
  heapMiB: 60,
  openFiles: 40,
  timers: 10,
  loopP99Ms: 10,
  ...more,
});
const run = (at: (minute: number) => Partial<Reading>) =>
  Array.from({ length: MINUTES * 10 + 1 }, (_, index) => reading(index / 10, at(index / 10)));

describe('a soak', () => {
  it('that holds what it held finds nothing, whatever garbage there is in between', () => {
    const readings = run((minute) => ({ heapMiB: 60 + ((minute * 70) % 40), residentMiB: 200 + ((minute * 90) % 30) }));
    expect(growth(readings)).toEqual([]);
    expect(Math.abs(residentSlope(readings).slope)).toBeLessThan(0.5);
  });

  const live = (at: (index: number) => { heapMiB: number; outsideMiB: number }) =>
    Array.from({ length: 8 }, (_, index) => ({ atMs: index * 7000, ...at(index) }));

  it('of a minute finds what is live and grows, in the heap and outside of it', () => {
    const steady = live((index) => ({ heapMiB: 60 + ((index * 7) % 5) * 4, outsideMiB: 10 }));
    expect(liveGrowth(steady)).toEqual([]);
    const filling = live((index) => ({ heapMiB: 40 + 20 * Math.min(1, index / 3), outsideMiB: 10 }));
    expect(liveGrowth(filling)).toEqual([]);
    expect(liveGrowth(live((index) => ({ heapMiB: 60 + 6 * index, outsideMiB: 10 + 4 * index })))).toEqual([
      'what is live in the heap has grown from 72.0 to 90.0 MiB',
      'what is live outside of the heap has grown from 18.0 to 30.0 MiB',
    ]);
    expect(liveGrowth(steady.slice(0, 1))).toEqual(['what is live was not read often enough']);
  });

  it('finds more resident memory than there is', () => {
    const readings = run((minute) => ({ residentMiB: minute === 5 ? 520 : 300 }));
    expect(overMemory(readings, 512 * 1024 ** 2)).toEqual(['520 MiB were resident, of 512']);
    expect(overMemory(readings, 530 * 1024 ** 2)).toEqual([]);
    expect(overMemory(readings, undefined)).toEqual([]);
  });

  it('finds resident memory that grows', () => {
    const readings = run((minute) => ({ residentMiB: 200 + minute * 4 }));
    expect(growth(readings)).toEqual(['resident memory grows by 4.00 MiB a minute, at 230 MiB']);
  });

  it('finds sockets and timers that are left, and none that come and go', () => {
    expect(leftOver(reading(0), reading(10, { openFiles: 44, timers: 13 }))).toEqual([]);
    expect(leftOver(reading(0), reading(10, { openFiles: 60, timers: 30 }))).toEqual([
      'openFiles: 40 before, 60 after',
      'timers: 10 before, 30 after',
    ]);
  });
});
