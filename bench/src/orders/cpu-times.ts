import type { GraphProcesses } from '@tributary/chaos';
import { cpuTimeOf } from '../process-usage.ts';

/** CPU time that each process has used so far, in milliseconds. */
export function cpuTimes({ processes }: GraphProcesses): Map<string, number> {
  return new Map(processes.map(({ name, pid }) => [name, pid === undefined ? 0 : cpuTimeOf(pid)]));
}
