import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { memoryShares } from './memory-shares.ts';
import { processMemory } from './process-memory.ts';

const MIB = 1024 ** 2;
const inMib = (processBytes: number) => {
  const { processBytes: _, ...shares } = memoryShares(processBytes);
  return Object.fromEntries(Object.entries(shares).map(([name, bytes]) => [name, bytes / MIB]));
};

describe('the shares of memory', () => {
  it('follow the container', () => {
    expect(inMib(512 * MIB)).toEqual({
      ...{ documents: 16, refusals: 2, plans: 16, recordings: 16 },
      ...{ persisted: 8, counted: 16, tokens: 8 },
    });
    expect(inMib(256 * MIB)).toMatchObject({ documents: 8, recordings: 8, persisted: 4 });
  });

  it('have their most where nothing limits the process', () => {
    expect(inMib(Number.POSITIVE_INFINITY)).toEqual({
      ...{ documents: 64, refusals: 8, plans: 64, recordings: 32 },
      ...{ persisted: 8, counted: 64, tokens: 16 },
    });
  });

  it.each([256, 512, 1024, 4096])('are little more than a quarter of %i MiB, when two supergraphs are there', (mib) => {
    const { processBytes, documents, refusals, plans, recordings, ...once } = memoryShares(mib * MIB);
    const twice = documents + refusals + plans + recordings;
    const all = 2 * twice + once.persisted + once.counted + once.tokens;
    expect(all / processBytes).toBeLessThan(0.26);
  });
});

describe('the memory of a process', () => {
  it('is what its container has, or what it is told', () => {
    expect(processMemory(undefined, 512 * MIB)).toBe(512 * MIB);
    expect(processMemory(256 * MIB, 512 * MIB)).toBe(256 * MIB);
  });

  it.each([0, 2 ** 64, totalmem()])('has no limit where Node says %i', (bytes) => {
    expect(processMemory(undefined, bytes)).toBe(Number.POSITIVE_INFINITY);
  });
});
