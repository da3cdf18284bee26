import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { processHeap } from './heap.ts';

const MIB = 1024 ** 2;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'major' | 'minor' }) => void;

it('tells of full collections, after which garbage does not count', async () => {
  let collections = 0;
  const end = processHeap.onCollected(() => collections++);
  try {
    const before = processHeap.usedBytes();
    let kept: number[][] | undefined = Array.from({ length: 1000 }, () => new Array(4000).fill(0.5));
    collect({ type: 'minor' });
    collect({ type: 'minor' });
    expect(processHeap.usedBytes() - before).toBeGreaterThan(20 * MIB);
    expect(kept).toHaveLength(1000);
    kept = undefined;
    collect({ type: 'major' });
    await until('it is told of', () => collections > 0);
    expect(processHeap.usedBytes() - before).toBeLessThan(10 * MIB);
    expect(processHeap.limitBytes).toBeGreaterThan(processHeap.usedBytes());
  } finally {
    end();
  }
});
