import { afterEach, describe, expect, it, vi } from 'vitest';
import { PendingUsage } from './pending-usage.ts';

const client = (name: string) => ({ name, version: '' });
const usage = (document: string, coordinates = ['Query', 'Query.a']) => ({ operation: 'A', document, coordinates });

function pending(limits: { pairs: number; counts: number }) {
  const other: number[] = [];
  return { other, pending: new PendingUsage(limits, (requests) => other.push(requests)) };
}

const shown = (buckets: ReturnType<PendingUsage['take']>) =>
  buckets.map(({ client: name, document, coordinates }) => [name, document, Object.fromEntries(coordinates)]);

describe('PendingUsage', () => {
  afterEach(() => void vi.useRealTimers());

  it('sums by client and document, until it is taken', () => {
    const { pending: counts } = pending({ pairs: 10, counts: 100 });
    counts.add('', client('web'), usage('d1'), 2, []);
    counts.add('', client('web'), usage('d1'), 3, [['In.x', 1]]);
    counts.add('', client('ios'), usage('d1'), 1, []);
    counts.add('', client('web'), usage('d2'), 1, []);
    expect(shown(counts.take())).toEqual([
      ['web', 'd1', { Query: 5, 'Query.a': 5, 'In.x': 1 }],
      ['ios', 'd1', { Query: 1, 'Query.a': 1 }],
      ['web', 'd2', { Query: 1, 'Query.a': 1 }],
    ]);
    expect(counts.take()).toEqual([]);
  });

  it('counts what comes beyond the pairs of an hour as other, and tells of it', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-10-18T12:59:00Z') });
    const { pending: counts, other } = pending({ pairs: 2, counts: 100 });
    for (const document of ['d1', 'd2', 'd3', 'd4', 'd1'])
      counts.add('', client('web'), usage(document), 2, [['In.x', 1]]);
    expect(shown(counts.take())).toEqual([
      ['web', 'd1', { Query: 4, 'Query.a': 4, 'In.x': 2 }],
      ['web', 'd2', { Query: 2, 'Query.a': 2, 'In.x': 1 }],
      ['other', '', { Query: 4, 'Query.a': 4, 'In.x': 2 }],
    ]);
    expect(other).toEqual([2, 2]);
    // A flush does not make room, an hour does.
    counts.add('', client('web'), usage('d3'), 1, []);
    counts.add('', client('web'), usage('d2'), 1, []);
    expect(shown(counts.take()).map(([name]) => name)).toEqual(['other', 'web']);
    vi.setSystemTime(new Date('2026-10-18T13:00:00Z'));
    counts.add('', client('web'), usage('d3'), 1, []);
    const [bucket] = counts.take();
    expect(bucket).toMatchObject({ client: 'web', document: 'd3', hour: new Date('2026-10-18T13:00:00Z') });
  });

  it('keeps room for what is to come', () => {
    const { pending: counts } = pending({ pairs: 3, counts: 100 });
    counts.add('', client('web'), usage('d1'), 1, []);
    counts.add('', client('web'), usage('d2'), 1, [], 2);
    counts.add('', client('web'), usage('d1'), 1, [], 2);
    counts.add('', client('web'), usage('d3'), 1, [], 1);
    expect(shown(counts.take())).toEqual([
      ['web', 'd1', { Query: 2, 'Query.a': 2 }],
      ['other', '', { Query: 1, 'Query.a': 1 }],
      ['web', 'd3', { Query: 1, 'Query.a': 1 }],
    ]);
  });

  it('takes no more room than its limit of counts and the schema', () => {
    const { pending: counts, other } = pending({ pairs: 100, counts: 4 });
    for (const document of ['d1', 'd2', 'd3', 'd4']) counts.add('', client('web'), usage(document), 1, []);
    expect(shown(counts.take())).toEqual([
      ['web', 'd1', { Query: 1, 'Query.a': 1 }],
      ['web', 'd2', { Query: 1, 'Query.a': 1 }],
      ['other', '', { Query: 2, 'Query.a': 2 }],
    ]);
    expect(other).toEqual([1, 1]);
  });

  it('adds what could not be stored to what came since', () => {
    const { pending: counts } = pending({ pairs: 2, counts: 100 });
    counts.add('', client('web'), usage('d1'), 2, []);
    counts.add('', client('web'), usage('d2'), 1, []);
    const taken = counts.take();
    counts.add('', client('web'), usage('d1'), 1, [['In.x', 1]]);
    counts.putBack(taken);
    counts.add('', client('web'), usage('d3'), 1, []);
    expect(shown(counts.take())).toEqual([
      ['web', 'd1', { Query: 3, 'Query.a': 3, 'In.x': 1 }],
      ['web', 'd2', { Query: 1, 'Query.a': 1 }],
      ['other', '', { Query: 1, 'Query.a': 1 }],
    ]);
  });
});
