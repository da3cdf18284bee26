import { expect, test } from 'vitest';
import { planLimits } from './plan-limits.ts';

const MIB = 1024 ** 2;

test.each([
  ['that nothing limits', Number.POSITIVE_INFINITY, 512],
  ['of 4 GiB', 4096 * MIB, 512],
  ['of 2 GiB', 2048 * MIB, 512],
  ['of 1 GiB', 1024 * MIB, 256],
  ['of 512 MiB', 512 * MIB, 128],
  ['of 500 MB', 500e6, 119],
  ['of 256 MiB', 256 * MIB, 64],
  ['that is too small for any planner', 100 * MIB, 64],
])('the planner of a container %s has a heap that leaves room for the rest', (_, bytes, heapMiB) => {
  expect(planLimits(bytes)).toEqual({ timeMs: 5000, heapMiB });
});
