import { describe, expect, it } from 'vitest';
import type { CheckedAnswer } from './check-answers.ts';
import type { Contender } from './contenders/contender.ts';
import { CONTENDERS } from './contenders/contenders.ts';
import type { Counts } from './fixtures/main.ts';
import type { Mode } from './flags.ts';
import type { LoadOptions } from './load/generate-load.ts';
import { createTokenIssuer } from './load/tokens.ts';
import { measure } from './measure.ts';
import { OPERATIONS, type Operation } from './operations.ts';

const { privateKey } = createTokenIssuer();
const answer: CheckedAnswer = { bytes: 10, stampedBytes: 20, subgraphRequests: 7, subgraphBytes: 300 };

/** One run of ten requests, which take `perRequest` subgraph requests each. */
async function run(mode: Mode, perRequest: number) {
  const asked: LoadOptions[] = [];
  const stamps = { next: 500 };
  const counts: Counts[] = [
    { requests: 100, bytes: 0 },
    { requests: 100 + perRequest * 10, bytes: 0 },
  ];
  const figures = await measure(
    {
      mode,
      operation: OPERATIONS[0] as Operation,
      gateway: { contender: CONTENDERS[0] as Contender, sharing: mode === 'sharing', port: 1, pid: process.pid },
      answer,
    },
    1,
    {
      load: {
        async generate(options) {
          asked.push(options);
          return { latencies: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), elapsedMs: 2000 };
        },
        async [Symbol.asyncDispose]() {},
      },
      fixtures: {
        urls: { subgraphs: { accounts: '', inventory: '', products: '', reviews: '' }, counts: '', jwks: '' },
        pid: process.pid,
        counts: async () => counts.shift() as Counts,
        cpuMs: () => 0,
      },
      privateKey,
      stamps,
    },
  );
  return { figures, stamps, load: asked[0] };
}

describe.runIf(process.platform === 'linux')('measure', () => {
  it('counts and times what one request takes', async () => {
    const { figures } = await run('off', 7);
    expect(figures).toMatchObject({ requests: 10, requestsPerSecond: 5, p50Ms: 5, p99Ms: 10, subgraphRequests: 7 });
    expect(figures.peakMemoryMib).toBeGreaterThan(10);
  });

  it.each(['off', 'distinct'] as const)('refuses a gateway that shares requests with sharing %s', async (mode) => {
    await expect(run(mode, 5)).rejects.toThrow('stock shares what is in flight');
    // What waits for another request of the same operation shares nothing.
    expect((await run(mode, 6)).figures.subgraphRequests).toBe(6);
  });

  it('lets it share where that is what is measured', async () => {
    expect((await run('sharing', 0.5)).figures.subgraphRequests).toBe(0.5);
  });

  it('gives each run of distinct requests stamps that none had before', async () => {
    const distinct = await run('distinct', 7);
    expect(distinct.load).toMatchObject({ firstStamp: 500, answerBytes: 20 });
    expect(distinct.stamps.next).toBe(510);
    const alike = await run('off', 7);
    expect(alike.load).toMatchObject({ firstStamp: undefined, answerBytes: 10 });
    expect(alike.stamps.next).toBe(500);
  });
});
