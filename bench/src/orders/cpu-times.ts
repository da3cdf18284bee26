import { readFileSync } from 'node:fs';
import type { GraphProcesses } from '@tributary/chaos';

/** Of the kernel's clock ticks, `_SC_CLK_TCK`: 100 a second on every Linux that Node runs on. */
const MS_PER_TICK = 10;
/** In `/proc/PID/stat`, counted after the name, which may hold spaces: proc(5), utime and stime. */
const UTIME = 11;
const STIME = 12;

/** CPU time that each process has used so far, in milliseconds. */
export function cpuTimes({ processes }: GraphProcesses): Map<string, number> {
  return new Map(processes.map(({ name, pid }) => [name, pid === undefined ? 0 : cpuTimeOf(pid)]));
}

function cpuTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) * MS_PER_TICK;
}
