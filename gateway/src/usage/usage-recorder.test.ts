import { createLogger, createMetrics, type UsageBucket, type UsageStore } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { buildSchema, parse } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DocumentCache } from '../documents/document-cache.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import { UsageRecorder } from './usage-recorder.ts';

const schema = buildSchema('type Query { a: Int }');

/** A store that can be told to fail, and remembers what it took. */
function fakeStore() {
  const taken: UsageBucket[] = [];
  const prunedBefore: Date[] = [];
  const store = {
    ...{ taken, prunedBefore, failure: undefined as Error | undefined, attempts: 0, isClosed: false },
    async write(buckets: readonly UsageBucket[]) {
      store.attempts++;
      if (store.failure !== undefined) throw store.failure;
      taken.push(...buckets);
    },
    read: async () => [],
    async prune(before: Date) {
      prunedBefore.push(before);
    },
    async close() {
      store.isClosed = true;
    },
  };
  return store satisfies UsageStore;
}

function recording({ flushEveryMs = 10, maxPairs = 100 } = {}) {
  const store = fakeStore();
  const lines: string[] = [];
  const log = createLogger({ service: 'gateway', destination: { write: (line) => lines.push(line) } });
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  const recorder = new UsageRecorder({ store, flushEveryMs, keepMs: 1000, log, metrics, maxPairs });
  const documents = new DocumentCache();
  const ask = (text: string) => {
    const document = documents.get(text) ?? documents.add(text, parse(text));
    const [operation] = document.document.definitions;
    const params = { variables: {} };
    recorder.count({
      client: { name: 'web', version: '' },
      view: { schema },
      document,
      operation,
      params,
    } as Exchange);
  };
  const counted = () => store.taken.map(({ operation, coordinates }) => [operation, coordinates.get('Query.a')]);
  return { store, recorder, ask, counted, lines, metrics };
}

describe('UsageRecorder', () => {
  afterEach(() => void vi.useRealTimers());

  it('writes every so often, and in the end', async () => {
    const { store, recorder, ask, counted } = recording();
    await recorder.start();
    ask('query A { a }');
    await until('a flush', () => store.taken.length > 0);
    ask('query A { a }');
    ask('query A { a }');
    await recorder.stop();
    expect(counted()).toEqual([
      ['A', 1],
      ['A', 2],
    ]);
    expect(store.isClosed).toBe(true);
  });

  it('asks the store for nothing where there is nothing to write', async () => {
    const { store, recorder } = recording();
    await recorder.start();
    await recorder.stop();
    expect(store.attempts).toBe(0);
  });

  it('keeps what the store does not take, says so, and writes it later', async () => {
    const { store, recorder, ask, counted, lines, metrics } = recording();
    store.failure = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    await recorder.start();
    ask('query A { a }');
    await until('two attempts', () => store.attempts >= 2);
    ask('query A { a }');
    store.failure = undefined;
    await until('a flush', () => store.taken.length > 0);
    await recorder.stop();
    expect(counted().reduce((sum, [, count]) => sum + Number(count), 0)).toBe(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ level: 'warn', code: 'USAGE_NOT_WRITTEN', buckets: 1, err: { code: 'ENOSPC' } },
    });
    const text = await metrics.scrape();
    expect(text).toMatch(/graph_usage_flushes_total{outcome="failed",.*} [2-9]/);
    expect(text).toMatch(/graph_usage_flushes_total{outcome="written",.*} [12]\n/);
  });

  it('stops with a store that is gone', async () => {
    const { store, recorder, ask, lines } = recording({ flushEveryMs: 60_000 });
    store.failure = new Error('gone');
    await recorder.start();
    ask('query A { a }');
    await recorder.stop();
    expect(lines.map((line) => JSON.parse(line).code)).toEqual(['USAGE_NOT_WRITTEN', 'USAGE_LOST']);
    expect(store.isClosed).toBe(true);
  });

  it('deletes every hour what is kept no longer', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: new Date('2026-10-18T12:00:00Z') });
    const { store, recorder } = recording({ flushEveryMs: 60_000 });
    await recorder.start();
    vi.advanceTimersByTime(3_600_000);
    await recorder.stop();
    expect(store.prunedBefore).toEqual([new Date('2026-10-18T12:59:59Z')]);
  });

  it('tells by a metric how many requests it could not tell apart', async () => {
    const { recorder, ask, counted, metrics } = recording({ maxPairs: 2, flushEveryMs: 60_000 });
    await recorder.start();
    for (const name of ['A', 'B', 'C', 'D', 'D']) ask(`query ${name} { a }`);
    await recorder.stop();
    expect(counted()).toEqual(
      expect.arrayContaining([
        ['A', 1],
        ['B', 1],
        ['', 3],
      ]),
    );
    expect(await metrics.scrape()).toContain('graph_usage_other_total{service="gateway"} 3');
  });
});
