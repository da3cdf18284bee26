import { totalmem } from 'node:os';

/**
 * What this process may take, in bytes: what its container has (cgroup v1 or v2), where that is less than the machine.
 * Infinity where nothing limits it.
 *
 * @param configuredBytes in place of it
 * @param constrainedBytes as Node tells it: 0 where it does not know, and more than any machine has where nothing does limit it
 */
export function processMemory(configuredBytes?: number, constrainedBytes = process.constrainedMemory()): number {
  if (configuredBytes !== undefined) return configuredBytes;
  return constrainedBytes > 0 && constrainedBytes < totalmem() ? constrainedBytes : Number.POSITIVE_INFINITY;
}
