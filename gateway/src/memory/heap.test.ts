import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
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
    // What others left is not freed in the middle of it.
    collect({ type: 'major' });
    await until('it is told of', () => collections > 0);
    const toldBefore = collections;
    const before = processHeap.usedBytes();
    let kept: number[][] | undefined = Array.from({ length: 1000 }, () => new Array(4000).fill(0.5));
    collect({ type: 'minor' });
    collect({ type: 'minor' });
    expect(processHeap.usedBytes() - before).toBeGreaterThan(20 * MIB);
    expect(kept).toHaveLength(1000);
    kept = undefined;
    collect({ type: 'major' });
    await until('it is told of again', () => collections > toldBefore);
    expect(processHeap.usedBytes() - before).toBeLessThan(10 * MIB);
    expect(processHeap.limitBytes).toBeGreaterThan(processHeap.usedBytes());
  } finally {
    end();
  }
});

const HEAP = new URL('heap.ts', import.meta.url).href;
const REGISTER = new URL('../../../packages/service-kit/register.mjs', import.meta.url).href;

it.each([
  { flags: ['--max-semi-space-size=16'], options: '' },
  { flags: ['--max_semi_space_size=4', '--max-semi-space-size=32'], options: '' },
  { flags: [], options: '--max-semi-space-size=8' },
  { flags: [], options: '' },
])('its limit is that of the old generation: $flags $options', async ({ flags, options }) => {
  const print = `import('${HEAP}').then(({ processHeap }) => console.log(processHeap.limitBytes))`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--max-old-space-size=200', ...flags, '--import', REGISTER, '--eval', print],
    { env: { ...process.env, NODE_OPTIONS: options } },
  );
  expect(Number(stdout)).toBe(200 * MIB);
});
