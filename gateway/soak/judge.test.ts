import { describe, expect, it } from 'vitest';
import { growth, leftOver, residentSlope } from './judge.ts';
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

  it('finds a heap that grows beneath its garbage', () => {
    const readings = run((minute) => ({ heapMiB: 60 + minute * 3 + ((minute * 70) % 40) }));
    expect(growth(readings)).toEqual([expect.stringMatching(/^the live heap has grown from \d+\.\d to \d+\.\d MiB$/)]);
  });

  it('finds memory outside of the heap that grows', () => {
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
