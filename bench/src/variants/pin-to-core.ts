import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Before this process itself is kept on one of them. */
const CORES = availableParallelism();

/**
 * Keeps all threads of a process on one core, so that it shares caches with fewer others. By taskset of util-linux; without
 * it, or a second core, nothing changes.
 *
 * @param core counted from the last one
 * @returns whether it is kept there
 */
export function pinToCore(pid: number, core: number): boolean {
  if (process.platform !== 'linux' || CORES < 2) return false;
  const args = ['--all-tasks', '--pid', '--cpu-list', String(CORES - 1 - core), String(pid)];
  return spawnSync('taskset', args, { stdio: 'ignore' }).status === 0;
}
