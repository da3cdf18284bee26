import { describe, expect, it } from 'vitest';
import { cpuTimeOf, machineCpuTime, peakMemoryOf, resetPeakMemory } from './process-usage.ts';

describe.runIf(process.platform === 'linux')('what a process uses', () => {
  it('is about as much CPU time as the process says itself', () => {
    const { user, system } = process.cpuUsage();
    const itself = (user + system) / 1000;
    expect(Math.abs(cpuTimeOf(process.pid) - itself)).toBeLessThan(100 + itself * 0.1);
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
