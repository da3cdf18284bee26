import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileSource } from './file-source.ts';
import { LastGoodFile } from './last-good-file.ts';
import { SupergraphPoll } from './supergraph-poll.ts';
import { SourceError, type SupergraphSource } from './supergraph-source.ts';

const HOUR_MS = 3_600_000;
const cleanups: (() => Promise<unknown>)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await rm(folder, { recursive: true, force: true });
});

/** Starts to poll, and collects what is offered. */
async function poll(source: SupergraphSource, everyMs = HOUR_MS, lastGood?: LastGoodFile) {
  const lines: string[] = [];
  const offered: string[] = [];
  const log = createLogger({ service: 'gateway', level: 'debug', destination: { write: (line) => lines.push(line) } });
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  const polling = new SupergraphPoll({ source, everyMs, lastGood, log, metrics });
  const { supergraphSdl, cleanup } = await polling.initialize({ update: (text) => void offered.push(text) });
  cleanups.push(cleanup);
  return { first: supergraphSdl, offered, lines, metrics };
}

const replace = async (path: string, text: string) => {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
};

describe('a supergraph in a file', () => {
  it('is taken when it is replaced, written in place, and deleted and made again', async () => {
    const path = join(folder, 'supergraph.graphql');
    await writeFile(path, 'one');
    const { first, offered, lines } = await poll(fileSource(path));
    expect(first).toBe('one');
    await replace(path, 'two');
    await until('the second', () => offered.length === 1);
    await writeFile(path, 'three');
    await until('the third', () => offered.length === 2);
    await rm(path);
    await until('a warning', () => lines.some((line) => line.includes('ENOENT')));
    await writeFile(path, 'four');
    await until('the fourth', () => offered.length === 3);
    expect(offered).toEqual(['two', 'three', 'four']);
    expect(lines.some((line) => line.includes('answers again'))).toBe(true);
  });

  it('is taken when a ConfigMap is, whose folder is a symbolic link to another', async () => {
    for (const version of ['..1', '..2']) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'supergraph.graphql'), version);
    }
    await symlink('..1', join(folder, '..data'));
    await symlink('..data/supergraph.graphql', join(folder, 'supergraph.graphql'));
    const { first, offered } = await poll(fileSource(join(folder, 'supergraph.graphql')));
    await symlink('..2', join(folder, '..tmp'));
    await rename(join(folder, '..tmp'), join(folder, '..data'));
    await until('the second', () => offered.length > 0);
    expect([first, ...offered]).toEqual(['..1', '..2']);
  });

  it('is taken whole when it is read while it is written', async () => {
    const path = join(folder, 'supergraph.graphql');
    await writeFile(path, 'half');
    // However slow this machine is, it was written just now.
    const soon = Date.now() / 1000 + 60;
    await utimes(path, soon, soon);
    vi.spyOn(Date, 'now').mockImplementationOnce(() => {
      writeFileSync(path, 'whole');
      return 0;
    });
    expect(await fileSource(path).read(new AbortController().signal)).toBe('whole');
  });

  it('is polled where nothing tells of changes, and offered only when it has changed', async () => {
    const path = join(folder, 'supergraph.graphql');
    await writeFile(path, 'one');
    const { name, read } = fileSource(path);
    const reading = vi.fn(read);
    const { offered } = await poll({ name, read: reading }, 5);
    await until('polls', () => reading.mock.calls.length > 5);
    expect(offered).toEqual([]);
    await replace(path, 'two');
    await until('the second', () => offered.length > 0);
    expect(offered).toEqual(['two']);
  });

  it('that is missing at the start is replaced by the last good one, and read once it is there', async () => {
    const path = join(folder, 'supergraph.graphql');
    const lastGood = new LastGoodFile(join(folder, 'last-good'));
    await expect(poll(fileSource(path), HOUR_MS, lastGood)).rejects.toThrow(`${path} cannot be read: ENOENT`);
    await lastGood.write('good');
    const { first, offered, metrics } = await poll(fileSource(path), HOUR_MS, lastGood);
    expect(first).toBe('good');
    expect(await metrics.scrape()).toMatch(/graph_supergraph_is_last_good{[^}]*} 1/);
    expect(await metrics.scrape()).toMatch(/external_service_up{[^}]*service="supergraph"[^}]*} 0/);
    await replace(path, 'new');
    await until('it', () => offered.length > 0);
    expect(await metrics.scrape()).toMatch(/external_service_up{[^}]*service="supergraph"[^}]*} 1/);
  });
});

describe('a source that fails', () => {
  it('is asked after ever longer pauses, at most five minutes, and warned of once', async () => {
    vi.useFakeTimers();
    let isDown = false;
    const asked: number[] = [];
    const source: SupergraphSource = {
      name: 'somewhere',
      async read() {
        asked.push(Date.now());
        if (isDown) throw new SourceError('somewhere is down');
        return 'text';
      },
    };
    const { lines } = await poll(source, 10_000);
    isDown = true;
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    const pauses = asked.slice(1).map((at, index) => (at - (asked[index] ?? 0)) / 1000);
    expect(pauses.slice(0, 8)).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
    expect(lines.filter((line) => line.includes('somewhere is down'))).toHaveLength(1);
    isDown = false;
    await vi.advanceTimersByTimeAsync(300_000);
    const again = asked.length;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked.length - again).toBeGreaterThanOrEqual(3);
  });
});
