import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Of the kernel's clock ticks, `_SC_CLK_TCK`: 100 a second on every Linux that Node runs on. */
const MS_PER_TICK = 10;
/** In `/proc/PID/stat`, counted after the name, which may hold spaces: proc(5), utime and stime. */
const UTIME = 11;
const STIME = 12;
/** Written to `/proc/PID/clear_refs`: the peak is counted anew from here, proc(5). */
const RESET_PEAK = '5';

/** CPU time that a process has used so far, in all its threads, user's and kernel's, in milliseconds. */
export function cpuTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) * MS_PER_TICK;
}

/**
 * The same, exact to the nanosecond, where the kernel counts so (`/proc/PID/task/TID/schedstat`). Of the threads that are
 * there: to be compared with what it was before only in processes whose threads stay.
 */
export function threadTimeOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  try {
    const times = readdirSync(tasks).map(
      (thread) => readFileSync(`${tasks}/${thread}/schedstat`, 'utf8').split(' ')[0],
    );
    return times.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1e6;
  } catch {
    return cpuTimeOf(pid);
  }
}

/** From here on `peakMemoryOf` is about what comes. */
export const resetPeakMemory = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);

/** The most that a process had resident at a time, in MiB. */
export function peakMemoryOf(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}

/** CPU time of the whole machine so far, in milliseconds: used by anybody, and there to be used. */
export function machineCpuTime(): { usedMs: number; allMs: number } {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = first
    .split(/ +/)
    .slice(1)
    .map((ticks) => Number(ticks) * MS_PER_TICK);
  const usedMs = user + nice + system + irq + softirq + steal;
  return { usedMs, allMs: usedMs + idle + iowait };
}
