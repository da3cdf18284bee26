import { describe, expect, it } from 'vitest';
import { cpuTimeOf, machineCpuTime, peakMemoryOf, resetPeakMemory, threadTimeOf } from './process-usage.ts';

describe.runIf(process.platform === 'linux')('what a process uses', () => {
  it('is about as much CPU time as the process says itself', () => {
    const { user, system } = process.cpuUsage();
    const itself = (user + system) / 1000;
    expect(Math.abs(cpuTimeOf(process.pid) - itself)).toBeLessThan(100 + itself * 0.1);
  });

  it('is counted to the nanosecond in all threads, where the kernel does', () => {
    const before = threadTimeOf(process.pid);
    const endAt = performance.now() + 20;
    while (performance.now() < endAt);
    const used = threadTimeOf(process.pid) - before;
    expect(used).toBeGreaterThan(0);
    expect(threadTimeOf(process.pid)).toBeLessThan(cpuTimeOf(process.pid) * 1.1 + 100);
  });

  it('is part of what the machine uses', () => {
    const { usedMs, allMs } = machineCpuTime();
    expect(usedMs).toBeGreaterThan(cpuTimeOf(process.pid));
    expect(allMs).toBeGreaterThan(usedMs);
  });

  it('is as much memory as it had at its peak since that was last counted anew', () => {
    resetPeakMemory(process.pid);
    const before = peakMemoryOf(process.pid);
    const ballast = Buffer.alloc(100 * 1024 ** 2, 1);
    expect(peakMemoryOf(process.pid) - before).toBeGreaterThan((ballast.length / 1024 ** 2) * 0.9);
  });
});
